import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RequestInput } from '../../../src/contract/request.ts';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { readRelease } from '../../../src/tools/observe/index.ts';
import { eventually } from '../../processes/patience.ts';
import { launcher } from '../../processes/workerProcess.ts';
import { setLabStage } from '../engine/labStage.ts';
import type { LabStage } from '../engine/labStage.ts';
import { copyOfChart, deschedulerChart, externalDnsChart } from './realCharts.ts';

const cluster = { name: 'tools' };
/** What comes up here comes up at once; the limits leave room for a busy machine. */
const timing = { pollInterval: '1s', settleTimeout: '120s', toolTimeout: '120s' };
/** What never comes up does not come up later either. */
const soonGivenUp = { ...timing, settleTimeout: '15s' };
const dns = { release: 'external-dns', namespace: 'external-dns' };

describe('cluster tools by their real charts, on a real control plane', () => {
  let stage: LabStage;
  let kubernetes: KubernetesConnection;
  let charts: string;
  const cleanups: (() => Promise<unknown>)[] = [];
  const path = (tool: string) => join(charts, tool, '{version}');

  beforeAll(async () => {
    charts = await mkdtemp(join(tmpdir(), 'stepladder-charts-'));
    cleanups.push(() => rm(charts, { recursive: true, force: true }));
    await makeCharts();
    stage = await setLabStage(join(import.meta.dirname, 'upgradeTool.yaml'), (clear) => cleanups.push(clear));
    const { url: endpoint, certificateAuthorityPem, token } = stage.address;
    kubernetes = await connectKubernetes({ endpoint, certificateAuthorityPem, token: async () => token });
    cleanups.push(() => kubernetes.close());
    await stage.startWorker();
  }, 300_000);

  afterAll(async () => {
    for (const clear of cleanups.reverse()) await clear();
  }, 120_000);

  /** Real charts, and copies of them that go wrong in one way each. */
  async function makeCharts(): Promise<void> {
    for (const tool of ['external-dns', 'descheduler', 'broken']) await mkdir(join(charts, tool));
    const at = (tool: string, version: string) => join(charts, tool, version);
    const real = await externalDnsChart('1.20.0');
    await copyOfChart(real, at('external-dns', '1.20.0'), '1.20.0');
    await copyOfChart(real, at('external-dns', '1.20.1'), '1.20.1');
    // Its Pods find no node, so it never is well.
    const homeless = await copyOfChart(real, at('external-dns', '1.20.2'), '1.20.2');
    const values = join(homeless, 'values.yaml');
    await writeFile(
      values,
      (await readFile(values, 'utf8')).replace(/^nodeSelector: .*$/m, 'nodeSelector: {nowhere: "true"}'),
    );
    const refused = await copyOfChart(real, at('external-dns', '1.20.3'), '1.20.3');
    await writeFile(
      join(refused, 'templates', 'wants.yaml'),
      '{{ required "a zone is wanted" .Values.zone }}\n',
    );
    const broken = await copyOfChart(real, at('broken', '1.20.4'), '1.20.4');
    await writeFile(join(broken, 'templates', 'deployment.yaml'), '{{ if }}\n');
    for (const version of ['0.35.0', '0.35.1'])
      await copyOfChart(await deschedulerChart(), at('descheduler', version), version);
    // A Deployment instead of a CronJob, whose next run nobody waits for.
    await writeFile(join(charts, 'descheduler.yaml'), 'kind: Deployment\n');
  }

  const stateOf = async (of: { release: string; namespace: string }) => {
    const state = (await readRelease(kubernetes, of))?.state;
    return state && [state.revision, state.status, state.chart.version];
  };

  async function tool(action: string, name: string, ...args: string[]) {
    const all = ['tool', action, name, '--cluster', cluster.name, ...args];
    const { stdout, stderr, exitCode } = await execa(process.execPath, [launcher, ...all], {
      ...{ env: stage.environment, extendEnv: false, stdin: 'ignore', reject: false, all: true },
    });
    return { code: exitCode, out: stdout, err: stderr, text: stdout + stderr };
  }

  const upgradeTools = (tools: NonNullable<RequestInput['tools']>, limits = timing) =>
    stage.start({ cluster, tools, timing: limits }, 'upgradeTool');

  it('are installed for the first time by the command line, and left alone by the second time', async () => {
    const install = ['--version', '1.20.0', '--path', path('external-dns'), '--settle-timeout', '120s'];
    const planned = await tool('plan', 'external-dns', ...install.slice(0, 4));
    expect(planned.code, planned.text).toBe(3);
    const installed = await tool('install', 'external-dns', ...install, '--yes');
    expect(installed.code, installed.text).toBe(0);
    expect(await stateOf(dns)).toEqual([1, 'deployed', '1.20.0']);
    const again = await tool('install', 'external-dns', ...install, '--yes');
    expect(again.code, again.text).toBe(3);
    const there = await tool('upgrade', 'external-dns', ...install, '--yes');
    expect(there.code, there.text).toBe(0);
    expect(await stateOf(dns)).toEqual([1, 'deployed', '1.20.0']);
  });

  it('are upgraded by a workflow once the plan is approved, and looked at', async () => {
    const values = [join(charts, 'descheduler.yaml')];
    const installed = await tool(
      ...(['install', 'descheduler', '--version', '0.35.0', '--path', path('descheduler')] as const),
      ...['--values', ...values, '--settle-timeout', '120s', '--yes'],
    );
    expect(installed.code, installed.text).toBe(0);
    const upgrade = await upgradeTools([
      { name: 'external-dns', version: '1.20.1', source: { path: path('external-dns') } },
      { name: 'descheduler', version: '0.35.1', source: { path: path('descheduler') }, values },
    ]);
    await upgrade.approve('plan');
    await upgrade.completed();
    expect(await stateOf(dns)).toEqual([2, 'deployed', '1.20.1']);
    expect(await stateOf({ release: 'descheduler', namespace: 'kube-system' })).toEqual([
      ...[2, 'deployed', '0.35.1'],
    ]);
    const { compensations } = await upgrade.status();
    expect(compensations.map(({ undo, state }) => `${undo} ${state}`)).toEqual([
      'rollBackTool kept',
      'rollBackTool kept',
    ]);
  });

  it('are taken back when they do not come up, and it is said', async () => {
    const upgrade = await upgradeTools(
      [{ name: 'external-dns', version: '1.20.2', source: { path: path('external-dns') } }],
      soonGivenUp,
    );
    await upgrade.approve('plan');
    const { type, message } = await upgrade.failed();
    expect(type).toBe('ToolFailed');
    expect(message).toContain('Deployment external-dns/external-dns');
    expect(message).toContain(
      'taken back to what it had at revision 2 (now revision 4), and is as well as before',
    );
    expect(await stateOf(dns)).toEqual([4, 'deployed', '1.20.1']);
  });

  it('are left as they were when the chart is another one than the plan was approved for', async () => {
    const before = await stateOf(dns);
    const upgrade = await upgradeTools([
      { name: 'external-dns', version: '1.20.2', source: { path: path('external-dns') } },
    ]);
    await upgrade.until('the plan is asked for', ({ gates }) => gates.some(({ gate }) => gate === 'plan'));
    await appendFile(join(charts, 'external-dns', '1.20.2', 'values.yaml'), '# changed meanwhile\n');
    await upgrade.approve('plan');
    const { type, message } = await upgrade.failed();
    expect(message).toContain('is not what it was when the plan was made');
    expect(type).toBe('ToolRefused');
    expect(await stateOf(dns)).toEqual(before);
  });

  it.each([
    ['values that no longer render', 'external-dns', '1.20.3', 'a zone is wanted'],
    ['a chart that is broken', 'broken', '1.20.4', 'deployment.yaml'],
    ['a version that is not on offer', 'external-dns', '9.9.9', 'There is no 9.9.9'],
  ])('are left as they were, with a clear error, for %s', async (_, folder, version, says) => {
    const before = await stateOf(dns);
    const { code, text } = await tool(
      ...(['upgrade', 'external-dns', '--version', version, '--path', path(folder), '--yes'] as const),
    );
    expect(code, text).toBe(3);
    expect(text).toContain(says);
    expect(await stateOf(dns)).toEqual(before);
  });

  it('are left as they were when the repository is down', async () => {
    const before = await stateOf(dns);
    const { code, text } = await tool(
      ...(['upgrade', 'external-dns', '--version', '1.20.2', '--chart', 'external-dns'] as const),
      ...['--repository', 'http://127.0.0.1:9/charts', '--yes'],
    );
    expect(code, text).toBe(4);
    expect(text).toContain('127.0.0.1:9');
    expect(await stateOf(dns)).toEqual(before);
  });

  it.each(['pending-upgrade', 'failed'])(
    'are left as they were when the release is %s by somebody else’s doing',
    async (status) => {
      const { code, text, left } = await withNewestRevision(status, () =>
        tool('upgrade', 'external-dns', '--version', '1.20.1', '--path', path('external-dns'), '--yes'),
      );
      expect(code, text).toBe(3);
      expect(text).toContain(`external-dns/external-dns is ${status}`);
      expect(text).toMatch(/helm rollback/);
      expect(left).toEqual([5, status, '1.20.1']);
    },
  );

  it('are left as they were in a namespace that is being deleted', async () => {
    const configMaps = `/api/v1/namespaces/${dns.namespace}/configmaps`;
    const holder = { metadata: { name: 'holder', finalizers: ['example.org/hold'] } };
    await kubernetes.change('POST', configMaps, { body: holder, what: 'hold the namespace' });
    await kubernetes.change('DELETE', `/api/v1/namespaces/${dns.namespace}`, {
      what: 'delete the namespace',
    });
    // What is in it goes first, the release with it.
    await eventually('the release gone', async () => (await stateOf(dns)) === undefined);
    try {
      const { code, text } = await tool(
        ...(['install', 'external-dns', '--version', '1.20.1', '--path', path('external-dns')] as const),
        '--yes',
      );
      expect(code, text).toBe(3);
      expect(text).toMatch(/namespace external-dns is being deleted/i);
    } finally {
      await kubernetes.change('PATCH', `${configMaps}/holder`, {
        body: { metadata: { finalizers: null } },
        what: 'let the namespace go',
      });
    }
  });

  /** Adds a revision as a helm that was killed, or that failed, leaves it, and takes it away again. */
  async function withNewestRevision<T extends object>(
    status: string,
    work: () => Promise<T>,
  ): Promise<T & { left: Awaited<ReturnType<typeof stateOf>> }> {
    const secrets = `/api/v1/namespaces/${dns.namespace}/secrets`;
    const { type, data, metadata } = secretSchema.parse(
      await kubernetes.getJson(`${secrets}/sh.helm.release.v1.external-dns.v4`),
    );
    const release = releaseSchema.parse(
      JSON.parse(gunzipSync(Buffer.from(unBase64(data.release), 'base64')).toString('utf8')),
    );
    const stored = gzipSync(JSON.stringify({ ...release, version: 5, info: { ...release.info, status } }));
    const name = 'sh.helm.release.v1.external-dns.v5';
    await kubernetes.change('POST', secrets, {
      body: {
        type,
        metadata: { name, labels: { ...metadata.labels, status, version: '5' } },
        data: { release: Buffer.from(stored.toString('base64')).toString('base64') },
      },
      what: 'add a revision',
    });
    try {
      const done = await work();
      return { ...done, left: await stateOf(dns) };
    } finally {
      await kubernetes.change('DELETE', `${secrets}/${name}`, { what: 'take the revision away' });
    }
  }
});

const unBase64 = (text: string) => Buffer.from(text, 'base64').toString('latin1');

const secretSchema = z.object({
  type: z.string(),
  data: z.object({ release: z.string() }),
  metadata: z.object({ labels: z.record(z.string(), z.string()) }),
});

const releaseSchema = z.looseObject({ info: z.looseObject({}) });
