import { findControlPlaneBinaries, findEtcd, findKubectl, findKwok } from '../../lab/binaries/index.ts';
import { testedMinors } from '../../lab/releases.ts';
import { findHelm } from '../../src/tools/helm/binary.ts';

/** Runs once before all test files: finds, fetches or builds what the lab runs, and says what it is doing. */
export default async function setup(): Promise<void> {
  const source = { log: (line: string) => console.error(`[lab] ${line}`) };
  await findEtcd(source);
  await findKwok(source);
  await findKubectl(source);
  await findHelm(source);
  for (const minor of testedMinors) await findControlPlaneBinaries(minor, source);
}
