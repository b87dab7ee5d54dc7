import { randomUUID } from 'node:crypto';
import { unsupported } from '../../simulator/kube-api/unsupported.ts';
import type { ContractCase } from './contractCase.ts';
import { contractCluster, NotImplemented } from './contractCluster.ts';
import type { ContractCluster, ServedCluster } from './contractCluster.ts';

/** How a case ended where it was run. */
export type Outcome = 'passes' | 'answers 501' | 'fails';

/** How a case has to end on the simulator. */
export const simulatedOutcome = ({ notSimulated }: ContractCase): Outcome =>
  notSimulated === undefined ? 'passes' : 'answers 501';

/** Runs a case in a namespace of its own. Throws what speaks against it. */
export async function runCase(
  contractCase: ContractCase,
  served: ServedCluster,
  where: 'simulator' | 'lab',
): Promise<Outcome> {
  const namespace = `case-${randomUUID().slice(0, 8)}`;
  const cluster = contractCluster(served, namespace);
  try {
    return await run(contractCase, cluster, where);
  } finally {
    await cluster.close();
  }
}

async function run(
  contractCase: ContractCase,
  cluster: ContractCluster,
  where: 'simulator' | 'lab',
): Promise<Outcome> {
  const { namespace } = cluster;
  await cluster.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  await cluster.until(path, 'the namespace usable', ({ status }) => status === 200);
  const { notSimulated } = contractCase;
  if (where === 'lab' || notSimulated === undefined) {
    await contractCase.run(cluster);
    return 'passes';
  }
  const ending = await contractCase.run(cluster).then(
    () => undefined,
    (error: unknown) => error,
  );
  // Only an honest refusal excuses from a case; one that works by now has to lose its excuse.
  if (ending instanceof NotImplemented && ending.message.includes(unsupported[notSimulated]))
    return 'answers 501';
  if (ending instanceof Error) throw ending;
  throw new Error('the simulator does this by now: take `notSimulated` away');
}
