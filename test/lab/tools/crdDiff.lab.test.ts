import { execa } from 'execa';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CrdComparison } from '../../../src/contract/tools.ts';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { compareCrds, crdsOfManifests } from '../../../src/tools/crds/index.ts';
import { launcher } from '../../processes/workerProcess.ts';
import { setLabStage } from '../engine/labStage.ts';
import { kubectlOf } from './kubectl.ts';

let kubernetes: KubernetesConnection;
let kubeconfig: string;
let folder: string;
const cleanups: (() => Promise<unknown>)[] = [];

/** Of a widget: what its schema says of `spec.color`, and other fields of `spec`. */
const widgets = (color: object, more: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { color: { type: 'string', ...color }, ...more } },
            },
          },
        },
      },
    ],
  },
});

/** Releases of the manifests, by their names. */
const releases = {
  installed: widgets({}),
  documented: widgets({ description: 'As people call it.' }),
  widened: widgets({}, { size: { type: 'integer' } }),
  tightened: widgets({ maxLength: 3 }),
  'release-1.0.0': widgets({}),
  'release-1.10.0': widgets({}, { size: { type: 'integer' } }),
};

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const propagation = { timeout: 60_000, interval: 300 };

beforeAll(async () => {
  const stage = await setLabStage(join(import.meta.dirname, 'crds.yaml'), (clear) => cleanups.push(clear));
  const { url: endpoint, certificateAuthorityPem, token } = stage.address;
  kubernetes = await connectKubernetes({ endpoint, certificateAuthorityPem, token: async () => token });
  cleanups.push(() => kubernetes.close());
  const kubectl = await kubectlOf(stage.address);
  cleanups.push(() => kubectl.remove());
  ({ kubeconfig } = kubectl);
  folder = await mkdtemp(join(tmpdir(), 'stepladder-crd-diff-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));

  for (const [name, crd] of Object.entries(releases)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'widgets.json'), JSON.stringify(crd));
  }
  await mkdir(join(folder, 'without'));
  await writeFile(join(folder, 'without', 'settings.json'), '{"apiVersion":"v1","kind":"ConfigMap"}');
  await mkdir(join(folder, 'chart', 'crds'), { recursive: true });
  await writeFile(
    join(folder, 'chart', 'Chart.yaml'),
    'apiVersion: v2\nname: widgets\nversion: 2.0.0\ntype: application\n',
  );
  await writeFile(join(folder, 'chart', 'crds', 'widgets.json'), JSON.stringify(releases.widened));

  await kubernetes.change('POST', crdPath, { body: releases.installed, what: 'define widgets' });
  const installed = await crdsOfManifests(join(folder, 'installed'));
  // Each of the two API servers takes up what is defined by itself, a moment later.
  await vi.waitFor(async () => {
    for (let look = 0; look < 3; look += 1) {
      expect(await compareCrds(kubernetes, installed)).toMatchObject({ verdict: 'none', unknown: [] });
    }
  }, propagation);
  const widget = {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'lamp', namespace: 'default' },
    spec: { color: 'white' },
  };
  await vi.waitFor(async () => {
    const path = '/apis/example.com/v1/namespaces/default/widgets';
    await kubernetes.change('POST', path, { body: widget, what: 'create a widget' });
  }, propagation);
}, 20 * 60_000);

afterAll(async () => {
  for (const clear of cleanups.reverse()) await clear();
}, 120_000);

/** Runs the command as a person or a pipeline does. */
async function crdDiff(...args: string[]) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [launcher, 'crd-diff', ...args], {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
    env: { KUBECONFIG: kubeconfig, NO_COLOR: '1' },
  });
  return { exitCode, stdout, stderr };
}

describe('stepladder crd-diff', { timeout: 120_000 }, () => {
  it.each([
    ['installed', 0, 'CRD difference: none'],
    ['documented', 5, 'and 1 of documentation alone'],
    ['widened', 5, 'additive  v1 .spec.size'],
    ['tightened', 3, 'breaking  v1 .spec.color maxLength'],
  ])('of the manifests "%s" ends with %i', async (name, code, says) => {
    const { exitCode, stdout, stderr } = await crdDiff(name, '--context', 'lab');
    expect(stdout, stderr).toContain(says);
    expect(exitCode).toBe(code);
    expect(stdout).toContain('1 compared');
  });

  it('names the live object that a tighter schema would refuse, in the text and in JSON', async () => {
    const { stdout } = await crdDiff('tightened', '--context', 'lab');
    expect(stdout).toContain('Live objects that the new schema would refuse (1 of 1)');
    expect(stdout).toContain('Widget default/lamp: spec.color');
    expect(stdout).not.toContain('white');
    const json = await crdDiff('tightened', '--context', 'lab', '-o', 'json');
    expect(json.exitCode).toBe(3);
    expect(JSON.parse(json.stdout) as CrdComparison).toMatchObject({
      ...{ source: 'tightened', verdict: 'breaking', tried: 1, refusedCount: 1 },
      refused: [{ kind: 'Widget', namespace: 'default', name: 'lamp' }],
    });
  });

  it('takes the highest version where none is named, and the one that is', async () => {
    const highest = await crdDiff('release-{version}', '--context', 'lab');
    expect(highest.stderr).toContain('1.10.0');
    expect(highest.exitCode).toBe(5);
    expect(await crdDiff('release-{version}', '--version', '1.0.0', '--context', 'lab')).toMatchObject({
      exitCode: 0,
    });
  });

  it('reads the CRDs of a chart', async () => {
    const { exitCode, stdout, stderr } = await crdDiff('chart', '--context', 'lab');
    expect(stdout, stderr).toContain('additive  v1 .spec.size');
    expect(exitCode).toBe(5);
  });

  it.each([
    ['without any CRD', ['without', '--context', 'lab'], 1, 'There is no CustomResourceDefinition in'],
    [
      'with a context that is not there',
      ['installed', '--context', 'other'],
      2,
      'has no context "other"; it has lab',
    ],
  ])('%s fails, and is never taken for no difference', async (_, args, code, says) => {
    const { exitCode, stdout, stderr } = await crdDiff(...args);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(says);
    expect(stdout).toBe('');
  });

  it('without a cluster is bad usage', async () => {
    expect(await crdDiff('installed')).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('changes nothing', async () => {
    const read = async () =>
      (await kubernetes.getJson(`${crdPath}/widgets.example.com`)) as { metadata: object };
    const before = await read();
    await crdDiff('widened', '--context', 'lab');
    expect((await read()).metadata).toEqual(before.metadata);
  });
});
