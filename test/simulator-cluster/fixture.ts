import { onTestFinished } from 'vitest';
import type { SimulatedCluster } from '../../simulator/cluster/cluster.ts';
import { createSimulatedCluster } from '../../simulator/cluster/cluster.ts';
import { createAdmission } from '../../simulator/cluster/admission.ts';
import type { Pod, Resource } from '../../simulator/cluster/kinds.ts';
import { namespaces } from '../../simulator/cluster/kinds.ts';
import { seededRandom } from '../../eks-api/random.ts';
import type { ScenarioInput } from '../../scenario/scenario.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { MemoryStore } from '../../simulator/cluster/store.ts';
import type { StoredObject } from '../../simulator/cluster/types.ts';

/** A started cluster of one group of three nodes, unless told otherwise; closed when the test ends. */
export async function startCluster(scenario: Partial<ScenarioInput> = {}): Promise<SimulatedCluster> {
  const cluster = createSimulatedCluster(
    parseScenario({
      cluster: { name: 'test', version: '1.31' },
      speed: 1000,
      nodeGroups: [{ name: 'main', size: 3 }],
      ...scenario,
    }),
  );
  onTestFinished(() => cluster.close());
  await cluster.start();
  return cluster;
}

/** Resolves with what `look` gives as soon as it gives something, looking at each change of the resource. */
export function eventually<T extends StoredObject, Found>(
  cluster: SimulatedCluster,
  resource: Resource<T>,
  look: (items: T[]) => Found | undefined | false,
): Promise<Found> {
  return new Promise((resolve) => {
    let stop = (): void => undefined;
    const check = (): void => {
      const found = look(cluster.store.list(resource).items);
      if (found === undefined || found === false) return;
      stop();
      resolve(found);
    };
    stop = cluster.store.watch(resource, undefined, check);
    check();
  });
}

/** A store by itself, with the namespace `shop`. */
export function emptyStore(options: { historyLimit?: number } = {}): MemoryStore {
  const store = new MemoryStore({
    now: () => new Date(),
    random: seededRandom(1),
    admit: createAdmission({ unreachableTolerationSeconds: 300 }),
    ...options,
  });
  store.create(namespaces, { kind: 'Namespace', metadata: { name: 'shop' } });
  return store;
}

/** A Pod as a manifest would give it. */
export function podManifest(
  name: string,
  spec: Partial<Pod['spec']> = {},
  labels: Record<string, string> = {},
) {
  return {
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels },
    spec: { containers: [{ name: 'main', image: 'example:1' }], ...spec },
  };
}

export const readyCondition = (pod: Pod): string | undefined =>
  pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
