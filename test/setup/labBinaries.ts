import { findControlPlaneBinaries, findEtcd, findKubectl, findKwok } from '../../lab/binaries/index.ts';
import { findHelm } from '../../src/tools/helm/binary.ts';

/** The minor versions that the tests start from, pass and reach. */
const minors = ['1.31', '1.32', '1.33'];

/** Runs once before all test files: finds, fetches or builds what the lab runs, and says what it is doing. */
export default async function setup(): Promise<void> {
  const source = { log: (line: string) => console.error(`[lab] ${line}`) };
  await findEtcd(source);
  await findKwok(source);
  await findKubectl(source);
  await findHelm(source);
  for (const minor of minors) await findControlPlaneBinaries(minor, source);
}
