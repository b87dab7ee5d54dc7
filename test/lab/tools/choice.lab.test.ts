import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { compareChartVersions } from '../../../src/tools/choice/chartVersions.ts';
import { Judging } from '../../../src/tools/choice/judging.ts';
import { latestWithoutDifference } from '../../../src/tools/choice/latestWithoutDifference.ts';
import { compareCrds, crdsOfManifests } from '../../../src/tools/crds/index.ts';
import type { CrdDocument } from '../../../src/tools/types.ts';
import { setLabStage } from '../engine/labStage.ts';
import type { LabStage } from '../engine/labStage.ts';
import { argoCdCrdFolder, argoCdVersions } from './argoCdCrds.ts';
import { diffArguments, installCrds } from './installCrds.ts';
import { kubectlOf } from './kubectl.ts';
import type { Kubectl } from './kubectl.ts';
import { ingressClassParams, targetGroupBindings } from './loadBalancerCrds.ts';
import { withoutDescriptions } from './withoutDescriptions.ts';

interface Release {
  crds: CrdDocument[];
  /** A file with its CRDs, without what only people read. */
  bare: string;
}

/** By tool and version, the oldest first. */
const releases = new Map<string, Map<string, Release>>();
const cleanups: (() => Promise<unknown>)[] = [];
let kubernetes: KubernetesConnection;
let kubectl: Kubectl;
let stage: LabStage;

beforeAll(async () => {
  stage = await setLabStage(join(import.meta.dirname, 'crds.yaml'), (clear) => cleanups.push(clear));
  const { url: endpoint, certificateAuthorityPem, token } = stage.address;
  kubernetes = await connectKubernetes({ endpoint, certificateAuthorityPem, token: async () => token });
  cleanups.push(() => kubernetes.close());
  kubectl = await kubectlOf(stage.address);
  cleanups.push(() => kubectl.remove());
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-choice-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const add = async (tool: string, version: string, crds: CrdDocument[]) => {
    const bare = join(folder, `${tool}-${version}.json`);
    const items = crds.map(withoutDescriptions);
    await writeFile(bare, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const versions = releases.get(tool) ?? new Map<string, Release>();
    releases.set(tool, versions.set(version, { crds, bare }));
  };
  // Most patch releases change nothing of theirs, and reading them takes a second.
  const read = new Map<string, CrdDocument[]>();
  for (const version of argoCdVersions) {
    const manifests = await argoCdCrdFolder(version);
    const text = await textOfFolder(manifests);
    const crds = read.get(text) ?? (await crdsOfManifests(manifests));
    read.set(text, crds);
    await add('Argo CD', version, crds);
  }
  for (const [version, crds] of Object.entries(loadBalancerReleases))
    await add('aws-load-balancer-controller', version, crds);
  // On a machine that has none of the releases they are downloaded first.
}, 20 * 60_000);

afterAll(async () => {
  for (const clear of cleanups.reverse()) await clear();
}, 120_000);

async function textOfFolder(folder: string): Promise<string> {
  const files = (await readdir(folder)).toSorted();
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
}

/** What its releases do to its CRDs: nothing, words, a field, another field, the version that is stored. */
const described = ingressClassParams({ zone: { type: 'string', description: 'As people are told.' } });
const loadBalancerReleases: Record<string, CrdDocument[]> = {
  '1.10.0': [targetGroupBindings({ stored: 'v1alpha1' }), ingressClassParams({ zone: { type: 'string' } })],
  '1.10.1': [targetGroupBindings({ stored: 'v1alpha1' }), described],
  '1.11.0': [targetGroupBindings({ stored: 'v1alpha1' }), described],
  '1.11.1': [
    targetGroupBindings({ stored: 'v1alpha1', fields: { vpcID: { type: 'string' } } }),
    ingressClassParams({ zone: { type: 'string' } }),
  ],
  '1.12.0': [
    targetGroupBindings({ stored: 'v1beta1', fields: { vpcID: { type: 'string' } } }),
    ingressClassParams({ zone: { type: 'string' } }),
  ],
};

/** The oldest, one that others follow in its line, and the first of its line. */
test.each([
  ['Argo CD', '2.8.0'],
  ['Argo CD', '2.14.11'],
  ['Argo CD', '3.2.0'],
  ['aws-load-balancer-controller', '1.10.0'],
  ['aws-load-balancer-controller', '1.11.1'],
])(
  'from %s %s the choice is what kubectl diff says of every version one by one',
  async (tool, installed) => {
    const versions = releases.get(tool) ?? new Map<string, Release>();
    await install(releaseOf(versions, installed));
    const looks: string[] = [];
    const judging = new Judging(async ({ version }) => {
      looks.push(version);
      return { comparison: await compareCrds(kubernetes, releaseOf(versions, version).crds) };
    });
    const offered = [...versions.keys()].map((version) => ({ version }));
    const chosen = await latestWithoutDifference(offered, installed, judging);

    expect(chosen?.version).toBe(await highestByKubectl(versions, installed));
    expect(looks, 'no version is fetched twice').toEqual([...new Set(looks)]);
  },
  300_000,
);

it('finds words alone no difference, and a field one', async () => {
  const versions = releases.get('aws-load-balancer-controller') ?? new Map<string, Release>();
  await install(releaseOf(versions, '1.10.0'));
  const offered = [...versions.keys()].map((version) => ({ version }));
  const judging = new Judging(async ({ version }) => ({
    comparison: await compareCrds(kubernetes, releaseOf(versions, version).crds),
  }));
  expect((await latestWithoutDifference(offered, '1.10.0', judging))?.version).toBe('1.11.0');
});

const install = ({ crds, bare }: Release): Promise<void> =>
  installCrds({ stage, kubectl }, { crds, file: bare });

/** Every version from the installed one up, without any short cut but one: of the same CRDs kubectl says the same. */
async function highestByKubectl(
  versions: ReadonlyMap<string, Release>,
  installed: string,
): Promise<string | undefined> {
  const same: string[] = [];
  const said = new Map<string, number>();
  for (const [version, { bare }] of versions) {
    if (compareChartVersions(version, installed) < 0) continue;
    const text = await readFile(bare, 'utf8');
    const exitCode = said.get(text) ?? (await diffOf(bare));
    said.set(text, exitCode);
    if (exitCode === 0) same.push(version);
  }
  return same.toSorted(compareChartVersions).at(-1);
}

/** 0 for no difference, 1 for one. */
async function diffOf(file: string): Promise<number> {
  const { exitCode, output } = await kubectl.run(...diffArguments(file));
  expect([0, 1], output).toContain(exitCode);
  return exitCode;
}

function releaseOf(versions: ReadonlyMap<string, Release>, version: string): Release {
  const release = versions.get(version);
  if (release === undefined) throw new Error(`there is no release ${version}`);
  return release;
}
