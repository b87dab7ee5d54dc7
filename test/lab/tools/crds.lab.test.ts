import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { statusBehind } from '../../../src/kubernetes/errors.ts';
import { applyCrds, compareCrds, crdsOfManifests } from '../../../src/tools/crds/index.ts';
import { listAt, objectAt, textAt } from '../../../src/tools/crds/json.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import type { CrdDocument } from '../../../src/tools/types.ts';
import { eventually } from '../../processes/patience.ts';
import { servedByEach } from '../apiServers.ts';
import { setLabStage } from '../engine/labStage.ts';
import type { LabStage } from '../engine/labStage.ts';
import { argoCdCrdFolder } from './argoCdCrds.ts';
import { diffArguments, installCrds } from './installCrds.ts';
import { kubectlOf } from './kubectl.ts';
import type { Kubectl } from './kubectl.ts';
import { ingressClassParams, targetGroupBindings } from './loadBalancerCrds.ts';
import { withoutDescriptions } from './withoutDescriptions.ts';

let kubernetes: KubernetesConnection;
let kubectl: Kubectl;
let stage: LabStage;
let folder: string;
const cleanups: (() => Promise<unknown>)[] = [];

/** Releases that are installed first, each with those that it is compared with. */
const starts = {
  '2.8.0': ['2.8.0', '2.12.3'],
  '2.13.9': ['2.8.0', '2.13.2'],
  '3.3.0': ['3.3.19', '3.4.0'],
};

beforeAll(async () => {
  // On a machine that has none of them they are downloaded, which takes longer than a test may.
  for (const version of [...Object.keys(starts), ...Object.values(starts).flat(), '3.0.0', '3.1.0'])
    await argoCdCrdFolder(version);
  stage = await setLabStage(join(import.meta.dirname, 'crds.yaml'), (clear) => cleanups.push(clear));
  const { url: endpoint, certificateAuthorityPem, token } = stage.address;
  kubernetes = await connectKubernetes({ endpoint, certificateAuthorityPem, token: async () => token });
  cleanups.push(() => kubernetes.close());
  kubectl = await kubectlOf(stage.address);
  cleanups.push(() => kubectl.remove());
  folder = await mkdtemp(join(tmpdir(), 'stepladder-crds-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
}, 20 * 60_000);

afterAll(async () => {
  for (const clear of cleanups.reverse()) await clear();
}, 120_000);

const crdPath = (name: string) => `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;

async function create(path: string, object: Json, dryRun = false): Promise<void> {
  const query = dryRun ? { dryRun: 'All' } : {};
  await kubernetes.change('POST', path, { body: object, query, what: 'create an object' });
}

/** HTTP code and message of a refusal; undefined when it was taken. */
async function refusalOf(sent: Promise<void>): Promise<string | undefined> {
  try {
    await sent;
    return undefined;
  } catch (error) {
    const status = statusBehind(error);
    return `${status?.code ?? 'nothing'} ${status?.message ?? String(error)}`;
  }
}

describe('the CRDs of Argo CD', () => {
  const loaded = new Map<string, { crds: CrdDocument[]; bare: string }>();

  /** The CRDs of a release, and a file of them without what only people read. */
  async function release(version: string): Promise<{ crds: CrdDocument[]; bare: string }> {
    const known = loaded.get(version);
    if (known !== undefined) return known;
    const crds = await crdsOfManifests(await argoCdCrdFolder(version));
    const bare = join(folder, `argo-cd-${version}.json`);
    await writeFile(
      bare,
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: crds.map(withoutDescriptions) }),
    );
    loaded.set(version, { crds, bare });
    return { crds, bare };
  }

  async function install(version: string): Promise<void> {
    const { crds, bare } = await release(version);
    await installCrds({ stage, kubectl }, { crds, file: bare });
  }

  test.each(Object.entries(starts))(
    'from %s there is a difference exactly where kubectl diff says so, documentation apart',
    async (start, versions) => {
      await install(start);
      for (const version of versions) {
        const { crds, bare } = await release(version);
        const diff = await kubectl.run(...diffArguments(bare));
        expect([0, 1], diff.output).toContain(diff.exitCode);
        const comparison = await compareCrds(kubernetes, crds);
        const says = ['none', 'documentation'].includes(comparison.verdict) ? 0 : 1;
        expect(says, `${start} → ${version}: ${JSON.stringify(comparison.differences).slice(0, 2000)}`).toBe(
          diff.exitCode,
        );
        expect(comparison).toMatchObject({ compared: 3, unknown: [], refused: [] });
      }
    },
    300_000,
  );

  it('name a live object that the new schema would refuse, as the API server then does', async () => {
    await install('3.0.0');
    const projects = '/apis/argoproj.io/v1alpha1/namespaces/default/appprojects';
    const project = (name: string, description: string): Json => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name, namespace: 'default' },
      spec: { description },
    });
    const long = 'confidential '.repeat(30);
    await create(projects, project('short', 'The shop.'));
    // Until the schema of before is forgotten it may be refused.
    await eventually('the long project', async () => {
      await create(projects, project('long', long));
      return true;
    });

    const { crds } = await release('3.1.0');
    const comparison = await compareCrds(kubernetes, crds);
    expect(comparison).toMatchObject({ verdict: 'breaking', tried: 2, refusedCount: 1, unknown: [] });
    expect(comparison.refused).toEqual([
      {
        crd: 'appprojects.argoproj.io',
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AppProject',
        namespace: 'default',
        name: 'long',
        reason: 'spec.description is longer than 255 characters',
      },
    ]);

    const { applied } = await applyCrds(kubernetes, crds);
    expect(applied.toSorted()).toEqual([
      ...['applications.argoproj.io', 'applicationsets.argoproj.io', 'appprojects.argoproj.io'],
    ]);
    // The new schema is served soon after, and says the same.
    await expect
      .poll(() => refusalOf(create(projects, project('again', long), true)), { timeout: 90_000 })
      .toMatch(/^422 .*spec\.description.*255/);
    expect(await applyCrds(kubernetes, crds)).toMatchObject({ applied: [], migrated: {} });
    expect(await compareCrds(kubernetes, crds)).toMatchObject({ verdict: 'none', differences: [] });
  });
});

describe('CRDs of the shape that aws-load-balancer-controller has', () => {
  const bindings = '/apis/elbv2.k8s.aws/v1beta1/namespaces/default/targetgroupbindings';
  const binding = (name: string, targetType: string): Json => ({
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    metadata: { name, namespace: 'default' },
    spec: {
      targetGroupARN: 'arn:aws:elasticloadbalancing:…',
      targetType,
      serviceRef: { name: 'web', port: 80 },
    },
  });
  const verdictOf = async (...crds: CrdDocument[]) => (await compareCrds(kubernetes, crds)).verdict;

  it('are additive while they are missing, and the same once they are there', async () => {
    const crds = [targetGroupBindings({ stored: 'v1alpha1' }), ingressClassParams()];
    expect(await compareCrds(kubernetes, crds)).toMatchObject({
      verdict: 'additive',
      differences: [{ state: 'missing' }, { state: 'missing' }],
    });
    const { applied } = await applyCrds(kubernetes, crds);
    expect(applied).toEqual(crds.map(({ name }) => name));
    await servedByEach(
      { ...stage.address, components: await stage.components() },
      ...[bindings, '/apis/elbv2.k8s.aws/v1beta1/ingressclassparams'],
    );
    expect(await verdictOf(...crds)).toBe('none');
  });

  it('differ as they are changed', async () => {
    const stored = 'v1alpha1';
    expect(await verdictOf(targetGroupBindings({ stored, fields: { vpcID: { type: 'string' } } }))).toBe(
      'additive',
    );
    expect(await verdictOf(ingressClassParams({ ipamConfiguration: { type: 'object' } }))).toBe('additive');
    expect(await verdictOf(ingressClassParams({ scheme: { type: 'string' } }))).toBe('additive');
    expect(await verdictOf(targetGroupBindings({ stored: 'v1beta1' }))).toBe('breaking');
    // The API server refuses it, and says so.
    const broken = ingressClassParams({ scheme: { type: 'text' } });
    expect((await compareCrds(kubernetes, [broken])).differences[0]).toMatchObject({
      verdict: 'breaking',
      changes: expect.arrayContaining([
        expect.objectContaining({
          what: expect.stringMatching(/^the API server refuses it: .*type/) as string,
        }),
      ]) as unknown,
    });
  });

  it('are changed with the version that is stored, and every object is stored anew', async () => {
    await create(bindings, binding('web', 'instance'));
    const before = await kubernetes.getJson(`${bindings}/web`);
    const next = targetGroupBindings({ stored: 'v1beta1', targetTypes: ['ip'] });
    const { refused } = await compareCrds(kubernetes, [next]);
    expect(refused.map(({ name, reason }) => [name, reason])).toEqual([
      ['web', 'spec.targetType is not one of the values that are allowed'],
    ]);

    const crds = [targetGroupBindings({ stored: 'v1beta1' })];
    expect(await applyCrds(kubernetes, crds)).toEqual({
      applied: ['targetgroupbindings.elbv2.k8s.aws'],
      unchanged: [],
      migrated: { 'targetgroupbindings.elbv2.k8s.aws': 1 },
    });
    const crd = await kubernetes.getJson(crdPath('targetgroupbindings.elbv2.k8s.aws'));
    expect(listAt(objectAt(crd, 'status'), 'storedVersions')).toEqual(['v1beta1']);
    const after = await kubernetes.getJson(`${bindings}/web`);
    const versionOf = (object: unknown) => textAt(objectAt(object, 'metadata'), 'resourceVersion');
    // A patch that changes nothing is not written unless it is stored otherwise.
    expect(versionOf(after)).not.toBe(versionOf(before));
    expect(objectAt(after, 'spec')).toEqual(objectAt(before, 'spec'));
    expect(await applyCrds(kubernetes, crds)).toMatchObject({ applied: [], migrated: {} });
  });
});
