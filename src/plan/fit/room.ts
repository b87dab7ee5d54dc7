import type { FitNode, FitPod, Resources } from './types.ts';

/** What one node has left as Pods are placed on it. */
export class Room {
  readonly node: FitNode;
  readonly #left: Resources;
  readonly #ports = new Set<string>();

  constructor(node: FitNode) {
    this.node = node;
    this.#left = { ...node.allocatable };
  }

  /** Takes a Pod's share, whether there is enough or not: what runs already runs. */
  take({ placement }: FitPod): void {
    for (const [resource, amount] of Object.entries(asked(placement.requests)))
      this.#left[resource] = (this.#left[resource] ?? 0) - amount;
    for (const port of placement.hostPorts ?? []) this.#ports.add(port);
  }

  /** The resources of which a Pod asks for more than is left. */
  lacking({ placement }: FitPod): string[] {
    return Object.entries(asked(placement.requests)).flatMap(([resource, amount]) =>
      // A millionth of slack, for sums of fractions.
      amount > 0 && amount > (this.#left[resource] ?? 0) * (1 + 1e-9) + 1e-6 ? [resource] : [],
    );
  }

  portsTaken({ placement }: FitPod): boolean {
    return (placement.hostPorts ?? []).some((port) => this.#ports.has(port));
  }

  left(resource: string): number {
    return Math.max(0, this.#left[resource] ?? 0);
  }
}

function asked(requests: Resources): Resources {
  return { ...requests, pods: 1 };
}
