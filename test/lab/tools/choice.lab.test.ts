import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { compareChartVersions } from '../../../src/tools/choice/chartVersions.ts';
import { Judging } from '../../../src/tools/choice/judging.ts';
import { latestWithoutDifference } from '../../../src/tools/choice/latestWithoutDifference.ts';
import { compareCrds, crdsOfManifests } from '../../../src/tools/crds/index.ts';
import type { CrdDocument } from '../../../src/tools/types.ts';
import { setLabStage } from '../engine/labStage.ts';
import { argoCdCrdFolder, argoCdVersions } from './argoCdCrds.ts';
import { kubectlOf } from './kubectl.ts';
import type { Kubectl } from './kubectl.ts';
import { withoutDescriptions } from './withoutDescriptions.ts';

interface Release {
  crds: CrdDocument[];
  /** A file with its CRDs, without what only people read. */
  bare: string;
}

const releases = new Map<string, Release>();
const cleanups: (() => Promise<unknown>)[] = [];
let kubernetes: KubernetesConnection;
let kubectl: Kubectl;

beforeAll(async () => {
  const stage = await setLabStage(join(import.meta.dirname, 'crds.yaml'), (clear) => cleanups.push(clear));
  const { url: endpoint, certificateAuthorityPem, token } = stage.address;
  kubernetes = await connectKubernetes({ endpoint, certificateAuthorityPem, token: async () => token });
  cleanups.push(() => kubernetes.close());
  kubectl = await kubectlOf(stage.address);
  cleanups.push(() => kubectl.remove());
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-choice-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  for (const version of argoCdVersions) {
    const crds = await crdsOfManifests(await argoCdCrdFolder(version));
    const bare = join(folder, `${version}.json`);
    const items = crds.map(withoutDescriptions);
    await writeFile(bare, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    releases.set(version, { crds, bare });
  }
}, 300_000);

afterAll(async () => {
  for (const clear of cleanups.reverse()) await clear();
}, 120_000);

/** The oldest, one that others follow in its line, and the first of its line. */
test.each(['2.8.0', '2.14.11', '3.2.0'])(
  'from Argo CD %s the choice is what kubectl diff says of every version one by one',
  async (installed) => {
    await install(installed);
    const looks: string[] = [];
    const judging = new Judging(async ({ version }) => {
      looks.push(version);
      return { comparison: await compareCrds(kubernetes, releaseOf(version).crds) };
    });
    const offered = argoCdVersions.map((version) => ({ version }));
    const chosen = await latestWithoutDifference(offered, installed, judging);

    expect(chosen?.version).toBe(await highestByKubectl(installed));
    expect(looks, 'no version is fetched twice').toEqual([...new Set(looks)]);
  },
  120_000,
);

async function install(version: string): Promise<void> {
  const { bare } = releaseOf(version);
  expect(await kubectl.run('apply', '--server-side', '--force-conflicts', '-f', bare)).toMatchObject({
    exitCode: 0,
  });
}

/** Every version from the installed one up, without any short cut. */
async function highestByKubectl(installed: string): Promise<string | undefined> {
  const same: string[] = [];
  for (const version of argoCdVersions) {
    if (compareChartVersions(version, installed) < 0) continue;
    const { bare } = releaseOf(version);
    const { exitCode, output } = await kubectl.run(
      ...['diff', '--server-side', '--force-conflicts', '-f', bare],
    );
    expect([0, 1], output).toContain(exitCode);
    if (exitCode === 0) same.push(version);
  }
  return same.toSorted(compareChartVersions).at(-1);
}

function releaseOf(version: string): Release {
  const release = releases.get(version);
  if (release === undefined) throw new Error(`there is no release ${version}`);
  return release;
}
