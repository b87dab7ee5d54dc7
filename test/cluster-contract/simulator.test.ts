import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCases } from './allCases.ts';
import type { ServedCluster } from './contractCluster.ts';
import { runCase } from './runCase.ts';
import { serveSimulated } from './serve.ts';

describe('the simulated Kubernetes API keeps to the contract', () => {
  let served: ServedCluster;
  beforeAll(async () => {
    served = await serveSimulated();
  });
  afterAll(() => served.close());

  it.each(allCases)('$area: $name', { timeout: 120_000 }, async (contractCase) => {
    const expected = contractCase.notSimulated === undefined ? 'passes' : 'answers 501';
    expect(await runCase(contractCase, served, 'simulator')).toBe(expected);
  });
});
