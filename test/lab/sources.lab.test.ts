import 'reflect-metadata';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import which from 'which';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findKubectl } from '../../lab/binaries/index.ts';
import { KubernetesClient } from '../../lab/cluster/kubernetesClient.ts';
import { startTemporaryLab } from '../../lab/temporaryLab.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import type { Clusters } from '../../src/activities/clusters.ts';
import { copyResourcesActivity } from '../../src/activities/migration/copyResources.ts';
import type { CopyVerdict } from '../../src/activities/migrationTypes.ts';
import type { ClusterContext } from '../../src/activities/types.ts';
import type { ChartRelease, ResourceSource, Singleton } from '../../src/contract/migration.ts';
import { openFolderStore } from '../../src/evidence/folderStore.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { findHelm } from '../../src/tools/helm/binary.ts';
import type { HelmProgram } from '../../src/tools/helm/binary.ts';
import { withKubeconfig } from '../../src/tools/helm/kubeconfig.ts';
import { releaseHistory } from '../../src/tools/helm/releases.ts';
import { crd, writeFiles } from '../tools/charts/madeCharts.ts';
import {
  brokenKustomization,
  chartFiles,
  configMap,
  helmfileStandIn,
  hook,
  kustomization,
  manifests,
} from './sourceFiles.ts';

const madeBy = 'migrate-prod';
const db: Singleton = { kind: 'StatefulSet', namespace: 'charted', name: 'db' };

interface Live {
  metadata: { annotations?: Record<string, string> };
  spec: { replicas?: number; suspend?: boolean };
  data?: Record<string, string>;
}

/** The new cluster is real, as are helm, kubectl, and helmfile where there is one; nothing is copied from an old one. */
describe('bringing resources that stand in files to a real cluster', { timeout: 600_000 }, () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let folder: string;
  let programs: string;
  let helm: HelmProgram;
  let connection: KubernetesConnection;
  let client: KubernetesClient;
  let hasHelmfile: boolean;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-sources-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    helm = await findHelm({ log: (line) => console.error(`[helm] ${line}`) });
    programs = join(folder, 'bin');
    await mkdir(programs);
    await symlink(await findKubectl({ log: () => undefined }), join(programs, 'kubectl'));
    const helmfile = await which('helmfile', { nothrow: true });
    hasHelmfile = helmfile !== null;
    if (helmfile === null) await helmfileStandIn(join(programs, 'helmfile'));
    else await symlink(helmfile, join(programs, 'helmfile'));
    const lab = await startTemporaryLab(
      parseScenario({
        cluster: { name: 'green', version: '1.33' },
        speed: 60,
        nodeGroups: [{ name: 'general', size: 1 }],
      }),
    );
    cleanups.push(() => lab.close());
    const { kubernetesUrl: url, certificateAuthorityPem, adminToken: token } = lab;
    client = new KubernetesClient({ url, certificateAuthorityPem, token });
    cleanups.push(() => client.close());
    const access = { endpoint: url, certificateAuthorityPem, token: async () => token };
    connection = await connectKubernetes(access);
    cleanups.push(() => connection.close());
  }, 20 * 60_000);
  afterAll(async () => {
    for (const clean of cleanups.reverse()) await clean();
  }, 120_000);

  const contextOf = (name: string): ClusterContext => ({
    cluster: { name },
    identity: { arn: `arn:${name}`, endpoint: 'https://127.0.0.1', certificateAuthoritySha256: '' },
    evidencePrefix: name,
  });
  const files = (name: string, content: Readonly<Record<string, string>>) =>
    writeFiles(join(folder, name), content);

  /** As a worker whose PATH has what the test has put there, and the system's shell. */
  function bring(source: ResourceSource, singletons: Singleton[] = []): Promise<CopyVerdict> {
    const clusters = { open: async () => ({ kubernetes: connection }) } as unknown as Clusters;
    const env = { ...process.env, PATH: `${programs}:/usr/bin:/bin`, STEPLADDER_HELM_BINARY: helm.path };
    return copyResourcesActivity({
      ...{ clusters, env, log: { warn: () => undefined } },
      evidence: openFolderStore(join(folder, 'evidence')),
    }).copyResources({
      sides: { blue: contextOf('blue'), green: contextOf('green') },
      stage: { stage: 'resources', cluster: 'green', sources: [source], singletons, volumes: [] },
      ...{ tools: [], madeBy },
    });
  }
  const charted = (path: string, more: Partial<ChartRelease> = {}): ResourceSource => ({
    chart: {
      ...{ release: 'shop', namespace: 'charted', source: { path }, version: '1.0.0', values: [] },
      ...more,
    },
  });
  const find = (path: string) => client.find<Live>(path);
  const revisions = async (namespace: string, release: string) =>
    withKubeconfig(connection, undefined, (access) =>
      releaseHistory({ helm, access }, { namespace, release }),
    );
  const heldBy = (before: object) => ({ 'stepladder/held': JSON.stringify({ by: madeBy, before }) });

  describe('a folder of manifests', () => {
    it('comes whole, with what must not work twice standing still, and once more changes nothing', async () => {
      const path = await files('manifests', manifests);
      const first = await bring({ manifests: { path } });
      expect(first).toMatchObject({ refused: [], applied: 5, unchanged: 0 });
      expect(await find('/apis/batch/v1/namespaces/plain/cronjobs/nightly')).toMatchObject({
        metadata: { annotations: heldBy({ suspend: false }) },
        spec: { suspend: true },
      });
      expect(await find('/apis/example.org/v1/namespaces/plain/widgets/one')).toBeDefined();
      expect(await bring({ manifests: { path } })).toMatchObject({ refused: [], applied: 0, unchanged: 5 });
    });

    it('is told by its file where that is no YAML, and by its path where there is none', async () => {
      const path = await files('bad', { 'good.yaml': configMap('never'), 'sub/bad.yaml': 'kind: [Pod\n' });
      await expect(bring({ manifests: { path } })).rejects.toMatchObject({
        type: 'InvalidInput',
        message: expect.stringContaining(join(path, 'sub', 'bad.yaml')),
      });
      expect(await find('/api/v1/namespaces/default/configmaps/never')).toBeUndefined();
      const nowhere = join(folder, 'nowhere');
      await expect(bring({ manifests: { path: nowhere } })).rejects.toMatchObject({
        type: 'InvalidInput',
        message: expect.stringMatching(new RegExp(`${nowhere} .*ENOENT.*Check the path`)),
      });
    });
  });

  describe('a kustomization, by kubectl', () => {
    it('comes as its overlay makes it, and once more changes nothing', async () => {
      const path = join(await files('kustomized', kustomization), 'overlays', 'green');
      expect(await bring({ manifests: { path } })).toMatchObject({ refused: [], applied: 3 });
      expect(await find('/apis/apps/v1/namespaces/kustomized/deployments/green-web')).toMatchObject({
        spec: { replicas: 3 },
      });
      expect(await find('/api/v1/namespaces/kustomized/configmaps/green-settings')).toMatchObject({
        data: { color: 'green' },
      });
      expect(await bring({ manifests: { path } })).toMatchObject({ applied: 0, unchanged: 3 });
    });

    it('is told by its path, with what kustomize says, where it can’t be built', async () => {
      const path = await files('unkustomized', brokenKustomization);
      await expect(bring({ manifests: { path } })).rejects.toMatchObject({
        type: 'ToolFailed',
        message: expect.stringMatching(/unkustomized can't be built: .*missing\.yaml.*Try `kustomize build/),
      });
    });
  });

  describe('a chart, by helm', () => {
    it('comes with its CRDs and its files of values, no Pod of a singleton is ever made, and once more changes nothing', async () => {
      const path = await files('chart', {
        ...chartFiles('1.0.0'),
        'crds/gadgets.yaml': crd('gadgets', 'Gadget'),
      });
      const values = [join(await files('values', { 'green.yaml': 'color: green\n' }), 'green.yaml')];
      const source = charted(path, { values });
      expect(await bring(source, [db])).toMatchObject({ applied: 1, unchanged: 0 });
      expect(await find('/api/v1/namespaces/charted/configmaps/shop')).toMatchObject({
        data: { color: 'green' },
      });
      expect(await find('/apis/example.org/v1/namespaces/charted/gadgets/one')).toBeDefined();
      const statefulSet = '/apis/apps/v1/namespaces/charted/statefulsets/db';
      const stands = { metadata: { annotations: heldBy({ replicas: 2 }) }, spec: { replicas: 0 } };
      expect(await find(statefulSet)).toMatchObject(stands);
      expect(await find('/api/v1/namespaces/charted/pods/db-0')).toBeUndefined();
      expect(await find('/api/v1/namespaces/charted/resourcequotas/stepladder-no-pods-yet')).toBeUndefined();

      expect(await bring(source, [db])).toMatchObject({ applied: 0, unchanged: 1 });
      expect(await revisions('charted', 'shop')).toHaveLength(1);

      // With other values it is brought to these, and not to those that it had.
      expect(await bring(charted(path), [db])).toMatchObject({ applied: 1 });
      expect(await find('/api/v1/namespaces/charted/configmaps/shop')).toMatchObject({
        data: { color: 'blue' },
      });
      expect(await find(statefulSet)).toMatchObject(stands);
      expect(await revisions('charted', 'shop')).toHaveLength(2);
    });

    it('that fails is told by release, path and helm’s words, and comes once it is mended', async () => {
      const bad = { 'templates/bad.yaml': configMap('Not A Name') };
      const path = await files('failing', { ...chartFiles('1.0.0'), ...bad });
      const source = charted(path, { release: 'failing', namespace: 'failing' });
      await expect(bring(source)).rejects.toMatchObject({
        type: 'ToolFailed',
        message: expect.stringMatching(
          new RegExp(
            `^Release failing/failing \\(${path} 1\\.0\\.0\\) could not be brought to green: .*Not A Name`,
          ),
        ),
      });
      await files('failing', { 'templates/bad.yaml': configMap('a-name') });
      expect(await bring(source)).toMatchObject({ applied: 1 });
      expect((await revisions('failing', 'failing')).at(-1)).toMatchObject({ status: 'deployed' });

      await files('failing', { 'templates/bad.yaml': configMap('Not A Name') });
      await expect(bring(source)).rejects.toMatchObject({ type: 'ToolFailed' });
      await files('failing', { 'templates/bad.yaml': configMap('another') });
      expect(await bring(source)).toMatchObject({ applied: 1 });
      expect(await find('/api/v1/namespaces/failing/configmaps/another')).toBeDefined();
    });

    it.each<[string, () => Promise<ResourceSource>, string, RegExp]>([
      [
        'a chart that is not there',
        async () => charted('/nowhere/chart'),
        'InvalidInput',
        /chart \/nowhere\/chart can't be read.*ENOENT.*Check the path/,
      ],
      [
        'a file with values that is not there',
        async () => charted(folder, { values: ['/nowhere/values.yaml'] }),
        'InvalidInput',
        /\/nowhere\/values\.yaml can't be read.*ENOENT.*Check the path/,
      ],
      [
        'another version of it',
        async () => charted(await files('other', chartFiles('2.0.0'))),
        'InvalidInput',
        /1\.0\.0/,
      ],
      [
        'hooks that want Pods where none may start',
        async () => charted(await files('hooked', { ...chartFiles('1.0.0'), 'templates/hook.yaml': hook })),
        'ToolRefused',
        /StatefulSet db must not run before the cutover.*Job migrate.*as manifests/,
      ],
    ])('is not begun for %s', async (_what, source, type, message) => {
      const before = await revisions('charted', 'shop');
      await expect(bring(await source(), [db])).rejects.toMatchObject({
        type,
        message: expect.stringMatching(message),
      });
      expect(await revisions('charted', 'shop')).toEqual(before);
    });
  });

  describe('a helmfile', () => {
    const helmfile = (chart: string) =>
      `releases:\n  - name: web\n    namespace: filed\n    chart: ${chart}\n    labels: { tier: web }\n`;

    it('comes with what must not work twice standing still, and once more changes no object', async ({
      annotate,
    }) => {
      await annotate(
        hasHelmfile ? 'by the real helmfile' : 'by a stand-in: there is no helmfile on the PATH',
      );
      const path = await files('helmfile', {
        'helmfile.yaml': helmfile('./chart'),
        ...Object.fromEntries(
          Object.entries(chartFiles('1.0.0')).map(([name, text]) => [`chart/${name}`, text]),
        ),
        'chart/crds/gadgets.yaml': crd('gadgets', 'Gadget'),
      });
      const source = { helmfile: { file: join(path, 'helmfile.yaml'), selector: 'tier=web' } };
      const singleton = { ...db, namespace: 'filed' };
      await bring(source, [singleton]);
      const statefulSet = '/apis/apps/v1/namespaces/filed/statefulsets/db';
      expect(await find(statefulSet)).toMatchObject({
        metadata: { annotations: heldBy({ replicas: 2 }) },
        spec: { replicas: 0 },
      });
      const settings = '/api/v1/namespaces/filed/configmaps/web';
      const before = await find(settings);
      expect(before).toBeDefined();
      await bring(source, [singleton]);
      expect(await find(settings)).toEqual(before);
      expect(await find(statefulSet)).toMatchObject({ spec: { replicas: 0 } });
      expect((await revisions('filed', 'web')).at(-1)).toMatchObject({ status: 'deployed' });
    });

    it('is told by its file, with its last words, where a chart of it is not there', async () => {
      const path = await files('misled', { 'helmfile.yaml': helmfile('./missing') });
      const file = join(path, 'helmfile.yaml');
      await expect(bring({ helmfile: { file } })).rejects.toMatchObject({
        type: 'ToolFailed',
        message: expect.stringMatching(new RegExp(`^\`helmfile sync\` of ${file} failed: .*missing`)),
      });
    });
  });
});
