import { format } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCases } from './allCases.ts';
import type { ServedCluster } from './contractCluster.ts';
import { reportOf } from './report.ts';
import { runCase, simulatedOutcome } from './runCase.ts';
import type { Outcome } from './runCase.ts';
import { serveReal } from './serve.ts';

describe('the Kubernetes API of the lab keeps to the contract', () => {
  let served: ServedCluster;
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    served = await serveReal();
  });
  afterAll(() => served.close());

  it.each(allCases)('$area: $name', async (contractCase) => {
    outcomes.set(contractCase.name, await runCase(contractCase, served, 'lab'));
  });

  // Written anew by `npm run test:lab -- test/cluster-contract --update`.
  it('docs/kubernetes-contract.md lists each case with its outcome on both', async () => {
    const rows = allCases.map((contractCase) => ({
      ...contractCase,
      // What `simulator.test.ts` holds it to.
      simulator: simulatedOutcome(contractCase),
      lab: outcomes.get(contractCase.name) ?? 'fails',
    }));
    const text = await format(reportOf(rows), { parser: 'markdown', printWidth: 110 });
    await expect(text).toMatchFileSnapshot('../../docs/kubernetes-contract.md');
  });
});
