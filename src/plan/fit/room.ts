import type { FitNode, PodPlacement, Resources } from './types.ts';

/** What Pods of one placement take of a node. */
export interface Share {
  /** Resources of which something is wanted, the Pod itself among them. */
  resources: readonly (readonly [resource: string, amount: number])[];
  ports: readonly string[];
}

export function shareOf({ requests, hostPorts = [] }: PodPlacement): Share {
  const resources = Object.entries({ ...requests, pods: 1 }).filter(([, amount]) => amount > 0);
  return { resources, ports: hostPorts };
}

/** What one node has left as Pods are placed on it. */
export class Room {
  readonly node: FitNode;
  readonly #left: Map<string, number>;
  readonly #ports = new Set<string>();

  constructor(node: FitNode) {
    this.node = node;
    this.#left = new Map(Object.entries(node.allocatable satisfies Resources));
  }

  /** Takes a share, whether there is enough or not: what runs already runs. */
  take({ resources, ports }: Share): void {
    for (const [resource, amount] of resources)
      this.#left.set(resource, (this.#left.get(resource) ?? 0) - amount);
    for (const port of ports) this.#ports.add(port);
  }

  /** The first resource of which a share has more than is left. */
  lacks({ resources }: Share): string | undefined {
    for (const [resource, amount] of resources) {
      // A little slack, for sums of fractions.
      if (amount > (this.#left.get(resource) ?? 0) * (1 + 1e-9) + 1e-6) return resource;
    }
    return undefined;
  }

  portsTaken({ ports }: Share): boolean {
    return ports.some((port) => this.#ports.has(port));
  }

  left(resource: string): number {
    return Math.max(0, this.#left.get(resource) ?? 0);
  }
}
