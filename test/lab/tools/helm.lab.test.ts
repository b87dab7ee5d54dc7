import 'reflect-metadata';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KubernetesClient } from '../../../lab/cluster/kubernetesClient.ts';
import type { RunningLab } from '../../../lab/start.ts';
import { startTemporaryLab } from '../../../lab/temporaryLab.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { crdsOfChart } from '../../../src/tools/charts/chartCrds.ts';
import { openChartRepository } from '../../../src/tools/charts/openChartRepository.ts';
import { renderedDifference } from '../../../src/tools/charts/renderedDifference.ts';
import { findHelm } from '../../../src/tools/helm/binary.ts';
import type { HelmProgram } from '../../../src/tools/helm/binary.ts';
import { rollBackRelease, upgradeRelease } from '../../../src/tools/helm/bringRelease.ts';
import type { ReleaseOrder, ReleaseWork } from '../../../src/tools/helm/bringRelease.ts';
import { readCapabilities } from '../../../src/tools/helm/capabilities.ts';
import { withKubeconfig } from '../../../src/tools/helm/kubeconfig.ts';
import {
  listReleases,
  releaseHistory,
  releaseManifest,
  releaseState,
  releaseValues,
} from '../../../src/tools/helm/releases.ts';
import { renderRelease } from '../../../src/tools/helm/render.ts';
import type { HelmOnCluster } from '../../../src/tools/helm/runHelm.ts';
import { webChart, writeFiles } from '../../tools/charts/madeCharts.ts';
import { copyOfChart, deschedulerChart, externalDnsChart } from './realCharts.ts';

const scenario = parseScenario({
  cluster: { name: 'tools', version: '1.33' },
  speed: 60,
  nodeGroups: [{ name: 'general', size: 1 }],
  workloads: [],
});

/** A hook that runs before each upgrade and never ends: nothing works on Jobs of that class. */
const endlessHook = `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-before
  annotations: { helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: before-hook-creation }
spec:
  managedBy: example.org/nobody
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: wait, image: example.org/wait }]
`;

describe('bringing releases up and back on a real cluster, with the real helm', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let folder: string;
  let lab: RunningLab;
  let client: KubernetesClient;
  let connection: KubernetesConnection;
  let helm: HelmProgram;
  let work: ReleaseWork;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-helm-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    helm = await findHelm({ log: (line) => console.error(`[helm] ${line}`) });
    lab = await startTemporaryLab(scenario);
    cleanups.push(() => lab.close());
    const { kubernetesUrl: url, certificateAuthorityPem, adminToken: token } = lab;
    client = new KubernetesClient({ url, certificateAuthorityPem, token });
    cleanups.push(() => client.close());
    connection = await connectKubernetes({
      endpoint: url,
      certificateAuthorityPem,
      token: async () => token,
    });
    cleanups.push(() => connection.close());
    work = { helm, connection };
  }, 20 * 60_000);
  afterAll(async () => {
    for (const clean of cleanups.reverse()) await clean();
  }, 60_000);

  const onCluster = <T>(use: (on: HelmOnCluster) => Promise<T>): Promise<T> =>
    withKubeconfig(connection, undefined, (access) => use({ helm, access }));

  function order(
    release: string,
    path: string,
    version: string,
    more: Partial<ReleaseOrder> & { values?: string[] } = {},
  ): ReleaseOrder {
    const { values = [], ...rest } = more;
    const change: ReleaseOrder['change'] = {
      release,
      namespace: 'tools',
      source: { path },
      driver: { by: 'helm' },
      to: { version },
      values,
    };
    return { change, description: 'Stepladder: a test', timeoutMs: 30_000, ...rest };
  }

  const stateOf = (release: string) => onCluster((on) => releaseState(on, { release, namespace: 'tools' }));
  const historyOf = async (release: string): Promise<string[]> =>
    (await onCluster((on) => releaseHistory(on, { release, namespace: 'tools' }))).map(
      ({ revision, status }) => `${revision} ${status}`,
    );
  let charts = 0;
  const web = (version: string, files: Record<string, string> = {}): Promise<string> =>
    writeFiles(join(folder, `web-${(charts += 1)}`), {
      ...webChart(version),
      ...files,
    });
  const colorOf = async (release: string): Promise<string | undefined> =>
    (await client.find<{ data: { color: string } }>(`/api/v1/namespaces/tools/configmaps/${release}`))?.data
      .color;

  async function policyFile(): Promise<string> {
    const file = join(folder, 'policy.yaml');
    await writeFile(file, 'policy: upsert-only\n');
    return file;
  }

  it('installs, upgrades with the values of the release, and takes external-dns back, each only once', async () => {
    const [old, fresh] = [await externalDnsChart('1.20.0'), await externalDnsChart('1.21.1')];
    const values = join(folder, 'external-dns.yaml');
    await writeFile(values, 'provider: { name: inmemory }\ntxtOwnerId: lab\nlogLevel: debug\n');

    const policy = await policyFile();
    const first = order('external-dns', old, '1.20.0', { values: [values] });
    expect(await upgradeRelease(work, first)).toEqual({ state: 'done', revision: 1, status: 'deployed' });
    expect(await upgradeRelease(work, first)).toMatchObject({ state: 'already-done', revision: 1 });
    expect(await stateOf('external-dns')).toMatchObject({
      revision: 1,
      status: 'deployed',
      chart: { name: 'external-dns', version: '1.20.0', appVersion: '0.20.0' },
      description: 'Stepladder: a test',
    });

    // Its new schema wants a value that the old one did without.
    const without = order('external-dns', fresh, '1.21.1', { revisionBefore: 1 });
    await expect(upgradeRelease(work, without)).rejects.toMatchObject({
      type: 'ToolRefused',
      message: expect.stringMatching(/external-dns.*at '\/policy': got null, want string/),
      details: { problem: 'values-do-not-render' },
    });
    expect(await historyOf('external-dns')).toEqual(['1 deployed']);

    const name = { release: 'external-dns', namespace: 'tools' };
    const rendered = await onCluster(async (on) => {
      const wanted = { ...name, path: fresh, chart: 'external-dns 1.21.1', values: [policy] };
      return { installed: await releaseManifest(on, name), next: await renderRelease(on, wanted, false) };
    });
    const { difference, text } = renderedDifference(rendered.installed, rendered.next);
    expect(difference.changed).toContain('Deployment tools/external-dns');
    expect(difference.added).toEqual([]);
    expect(text).toMatch(/^\+.*external-dns:v0\.21\.0/m);

    const second = order('external-dns', fresh, '1.21.1', { revisionBefore: 1, values: [policy] });
    expect(await upgradeRelease(work, second)).toEqual({ state: 'done', revision: 2, status: 'deployed' });
    expect(await upgradeRelease(work, second)).toMatchObject({ state: 'already-done', revision: 2 });
    const kept = await onCluster((on) => releaseValues(on, name));
    expect(JSON.parse(kept)).toMatchObject({ txtOwnerId: 'lab', logLevel: 'debug' });
    // What was shown is what was installed.
    const installed = await onCluster((on) => releaseManifest(on, name));
    expect(renderedDifference(installed, rendered.next).difference).toMatchObject({
      changed: [],
      removed: [],
    });

    expect(await rollBackRelease(work, second)).toMatchObject({ state: 'done', revision: 3 });
    expect(await rollBackRelease(work, second)).toMatchObject({ state: 'already-done', revision: 3 });
    expect((await stateOf('external-dns'))?.chart.version).toBe('1.20.0');
    expect(await historyOf('external-dns')).toEqual(['1 superseded', '2 superseded', '3 deployed']);
  });

  it('finds the CRD of external-dns with what the cluster offers', async () => {
    const path = await externalDnsChart('1.21.1');
    const fetched = await openChartRepository({ path }, { helm }).fetch('1.21.1');
    const crds = await crdsOfChart(fetched, {
      ...{ helm, release: 'external-dns', namespace: 'tools', values: [await policyFile()] },
      capabilities: await readCapabilities(connection),
    });
    expect(crds.map(({ name, from }) => [name, from])).toEqual([['dnsendpoints.externaldns.k8s.io', 'crds']]);
  });

  it('installs and upgrades descheduler, and uninstalls what it was the first to install', async () => {
    const old = await deschedulerChart();
    const fresh = await copyOfChart(old, join(folder, 'descheduler'), '0.35.1');
    const first = order('descheduler', old, '0.35.0');
    await upgradeRelease(work, first);
    const second = order('descheduler', fresh, '0.35.1', { revisionBefore: 1 });
    expect(await upgradeRelease(work, second)).toMatchObject({ state: 'done', revision: 2 });
    expect(await onCluster((on) => listReleases(on, 'tools'))).toContainEqual(
      expect.objectContaining({ release: 'descheduler', chart: 'descheduler-0.35.1', status: 'deployed' }),
    );
    expect(await rollBackRelease(work, first)).toMatchObject({ state: 'done', status: 'uninstalled' });
    expect(await rollBackRelease(work, first)).toMatchObject({ state: 'already-done' });
    expect(await stateOf('descheduler')).toBeUndefined();
  });

  it('says what the API server refused, and takes the failed upgrade back', async () => {
    await upgradeRelease(work, order('refused', await web('1.0.0'), '1.0.0'));
    const broken = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "NOT A NAME" }\n`;
    const second = order('refused', await web('1.1.0', { 'templates/broken.yaml': broken }), '1.1.0', {
      revisionBefore: 1,
    });
    await expect(upgradeRelease(work, second)).rejects.toMatchObject({
      type: 'ToolFailed',
      message: expect.stringMatching(/tools\/refused.*NOT A NAME.*is failed at revision 2/s),
    });
    // It is not tried again by itself.
    await expect(upgradeRelease(work, second)).rejects.toMatchObject({ type: 'ToolFailed' });
    expect(await rollBackRelease(work, second)).toMatchObject({ state: 'done', revision: 3 });
    expect(await historyOf('refused')).toEqual(['1 superseded', '2 failed', '3 deployed']);
  });

  it('leaves the release as it was for values that do not render, a broken chart, and a kind that is not there', async () => {
    await upgradeRelease(work, order('careful', await web('1.0.0'), '1.0.0'));
    const thing = 'apiVersion: example.org/v1\nkind: Thing\nmetadata: { name: a }\n';
    for (const [template, problem] of [
      ['{{ required "give .Values.zone" .Values.zone }}', 'values-do-not-render'],
      ['{{ if }}', 'broken-chart'],
      [thing, 'broken-chart'],
    ] as const) {
      const chart = await web('1.1.0', { 'templates/more.yaml': template });
      const failure = upgradeRelease(work, order('careful', chart, '1.1.0', { revisionBefore: 1 }));
      await expect(failure).rejects.toMatchObject({ type: 'ToolRefused', details: { problem } });
      expect(await historyOf('careful')).toEqual(['1 deployed']);
    }
  });

  /** A helm that writes down its process ID, so that it can be killed. */
  async function killable(): Promise<{ program: HelmProgram; kill: () => Promise<void> }> {
    const script = join(folder, `helm-${Math.random().toString(36).slice(2)}`);
    const pidFile = `${script}.pid`;
    await writeFile(script, `#!/bin/sh\necho $$ > '${pidFile}'\nexec '${helm.path}' "$@"\n`);
    await chmod(script, 0o755);
    return {
      program: { ...helm, path: script },
      kill: async () => void process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL'),
    };
  }
  const untilPending = (release: string) =>
    vi.waitFor(async () => expect((await historyOf(release)).at(-1)).toMatch(/pending-upgrade$/), {
      timeout: 90_000,
      interval: 100,
    });

  it('takes back what a crash of ours has left pending, and goes on', async () => {
    await upgradeRelease(work, order('crashed', await web('1.0.0'), '1.0.0'));
    const { program, kill } = await killable();
    const hooked = await web('1.1.0', { 'templates/hook.yaml': endlessHook });
    const dying = upgradeRelease(
      { ...work, helm: program },
      order('crashed', hooked, '1.1.0', { revisionBefore: 1 }),
    ).catch((error: unknown) => error);
    await untilPending('crashed');
    await kill();
    expect(await dying).toMatchObject({ type: 'ToolFailed' });
    expect(await historyOf('crashed')).toEqual(['1 deployed', '2 pending-upgrade']);

    const lines: string[] = [];
    const again = order('crashed', await web('1.1.0', { 'values.yaml': 'color: red\nport: 80\n' }), '1.1.0', {
      revisionBefore: 1,
    });
    let began: number | undefined;
    // As if the time that helm may take were over with the second look.
    const now = (): number => (began === undefined ? (began = Date.now()) : began + 60_000);
    const outcome = await upgradeRelease({ ...work, now, progress: (line) => lines.push(line) }, again);
    expect(outcome).toMatchObject({ state: 'done', revision: 4, status: 'deployed' });
    expect(lines).toEqual([
      expect.stringMatching(/tools\/crashed is pending-upgrade from an earlier run; waiting/),
      'Rolling release tools/crashed back to revision 1.',
      'Upgrading release tools/crashed at version 1.1.0.',
    ]);
    expect(await colorOf('crashed')).toBe('red');
  });

  it("leaves a pending revision alone that is somebody else's", async () => {
    await upgradeRelease(work, order('busy', await web('1.0.0'), '1.0.0'));
    const hooked = await web('1.1.0', { 'templates/hook.yaml': endlessHook });
    await onCluster(async ({ access }) => {
      const theirs = execa(helm.path, ['upgrade', 'busy', hooked, '-n', 'tools', '--timeout', '60s'], {
        env: { ...access.variables },
        reject: false,
      });
      await untilPending('busy');
      theirs.kill('SIGKILL');
      await theirs;
    });
    const wanted = order('busy', await web('1.1.0'), '1.1.0', { revisionBefore: 1, timeoutMs: 1 });
    for (const act of [upgradeRelease, rollBackRelease]) {
      await expect(act(work, wanted)).rejects.toMatchObject({
        type: 'ToolRefused',
        message: expect.stringMatching(/revision 2 \(pending-upgrade.*was not made by this upgrade/),
      });
    }
    expect(await historyOf('busy')).toEqual(['1 deployed', '2 pending-upgrade']);
  });

  it('has helm put down what it does when called off, and goes up the next time', async () => {
    await upgradeRelease(work, order('aborted', await web('1.0.0'), '1.0.0'));
    const hooked = order('aborted', await web('1.1.0', { 'templates/hook.yaml': endlessHook }), '1.1.0', {
      revisionBefore: 1,
    });
    const calledOff = new AbortController();
    const upgrading = upgradeRelease({ ...work, signal: calledOff.signal }, hooked).catch(
      (error: unknown) => error,
    );
    await untilPending('aborted');
    const reason = new Error('called off');
    calledOff.abort(reason);
    expect(await upgrading).toBe(reason);
    expect(await historyOf('aborted')).toEqual(['1 deployed', '2 failed']);
    const again = order('aborted', await web('1.1.0'), '1.1.0', { revisionBefore: 1 });
    expect(await upgradeRelease(work, again)).toMatchObject({ state: 'done', revision: 3 });
  });

  it('refuses a namespace that is being deleted, with the release as it was', async () => {
    const change = { ...order('last', await web('1.0.0'), '1.0.0').change, namespace: 'going' };
    const first = { change, description: 'Stepladder: a test', timeoutMs: 30_000 };
    await upgradeRelease(work, first);
    const held = { name: 'held', finalizers: ['example.org/held'] };
    const configMaps = '/api/v1/namespaces/going/configmaps';
    await client.ensure(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: held });
    await client.remove('/api/v1/namespaces/going');
    const second = { ...first, change: { ...change, to: { version: '1.1.0' } }, revisionBefore: 1 };
    await expect(upgradeRelease(work, second)).rejects.toMatchObject({
      type: 'ToolRefused',
      details: { problem: 'namespace-terminating' },
    });
    await client.patch(`${configMaps}/held`, { metadata: { finalizers: null } });
  });

  it('renders made-up passwords the same each time, and shows none', async () => {
    const secret = `apiVersion: v1
kind: Secret
metadata: { name: made-up }
stringData:
  password: {{ randAlphaNum 16 }}
  user: hunter2
`;
    const path = await web('1.2.0', { 'templates/secret.yaml': secret });
    const wanted = { release: 'made-up', namespace: 'tools', path, chart: 'web 1.2.0', values: [] };
    const one = await onCluster((on) => renderRelease(on, wanted, true));
    expect(await onCluster((on) => renderRelease(on, wanted, true))).toBe(one);
    const { difference, text } = renderedDifference('', one);
    expect(difference.added).toContain('Secret made-up');
    expect(text).not.toContain('hunter2');
  });

  it("goes by a context of the user's kubeconfig, and nowhere but to the server that was checked", async () => {
    const kubeconfig = join(folder, 'kubeconfig');
    const write = (server: string) =>
      writeFile(
        kubeconfig,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [
            {
              name: 'lab',
              cluster: {
                server,
                'certificate-authority-data': Buffer.from(lab.certificateAuthorityPem).toString('base64'),
              },
            },
          ],
          users: [{ name: 'admin', user: { token: lab.adminToken } }],
          contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'admin' } }],
        }),
      );
    await write(lab.kubernetesUrl);
    vi.stubEnv('KUBECONFIG', kubeconfig);
    const byContext = await connectKubernetes({ context: 'lab' });
    try {
      await write('https://127.0.0.1:1');
      const name = { release: 'external-dns', namespace: 'tools' };
      const state = await withKubeconfig(byContext, undefined, (access) =>
        releaseState({ helm, access }, name),
      );
      expect(state?.status).toBe('deployed');
    } finally {
      vi.unstubAllEnvs();
      await byContext.close();
    }
  });
});
