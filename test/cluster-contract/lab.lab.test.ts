import { format } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCases } from './allCases.ts';
import type { ContractCase } from './contractCase.ts';
import type { ServedCluster } from './contractCluster.ts';
import { reportOf } from './report.ts';
import { runCase } from './runCase.ts';
import type { Outcome } from './runCase.ts';
import { serveReal, serveSimulated } from './serve.ts';

/** Outcomes by where, and by area and name of the case. */
const outcomes: Record<'simulator' | 'lab', Map<string, Outcome>> = { simulator: new Map(), lab: new Map() };
const keyOf = ({ area, name }: ContractCase): string => `${area}: ${name}`;

describe.each([
  { where: 'simulator', serve: serveSimulated },
  { where: 'lab', serve: serveReal },
] as const)('the Kubernetes API of the $where keeps to the contract', ({ where, serve }) => {
  let served: ServedCluster;
  beforeAll(async () => {
    served = await serve();
  });
  afterAll(() => served.close());

  it.each(allCases)('$area: $name', { timeout: 60_000 }, async (contractCase) => {
    outcomes[where].set(keyOf(contractCase), 'fails');
    outcomes[where].set(keyOf(contractCase), await runCase(contractCase, served, where));
  });
});

// Written anew by `npm run test:lab -- test/cluster-contract --update`.
it('docs/kubernetes-contract.md lists each case with its outcome on both', async () => {
  const rows = allCases.map((contractCase) => {
    const key = keyOf(contractCase);
    return {
      ...contractCase,
      simulator: outcomes.simulator.get(key) ?? 'fails',
      lab: outcomes.lab.get(key) ?? 'fails',
    };
  });
  const text = await format(reportOf(rows), { parser: 'markdown', printWidth: 110 });
  await expect(text).toMatchFileSnapshot('../../docs/kubernetes-contract.md');
});
