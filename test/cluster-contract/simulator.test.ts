import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCases } from './allCases.ts';
import type { ServedCluster } from './contractCluster.ts';
import { runCase, simulatedOutcome } from './runCase.ts';
import { serveSimulated } from './serve.ts';

describe('the simulated Kubernetes API keeps to the contract', () => {
  let served: ServedCluster;
  beforeAll(async () => {
    served = await serveSimulated();
  });
  afterAll(() => served.close());

  it.each(allCases)('$area: $name', { timeout: 300_000 }, async (contractCase) => {
    expect(await runCase(contractCase, served, 'simulator')).toBe(simulatedOutcome(contractCase));
  });
});
