import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StepladderError } from '../../src/contract/errors.ts';
import { latestWithoutCrdDifference } from '../../src/contract/tools.ts';
import type { WantedTool } from '../../src/tools/types.ts';
import { list } from '../kubernetes/fakeConnection.ts';
import { crd, packRepository, serveFolder, writeFiles } from './charts/madeCharts.ts';
import { deployment } from './observe/toolCluster.ts';
import { pathOfThings, shopCluster } from './toolStage.ts';
import {
  anotherCrd,
  brokenTemplate,
  chart,
  evidenceOf,
  forbidden,
  missingValue,
  useWebTool,
} from './webTool.ts';

const { stage, observe, evidence, renderings } = useWebTool();

describe('a tool that is well', () => {
  it('is observed whole: what is installed, the version, its CRDs, and what it renders', async () => {
    const observed = await observe();
    expect(observed).toMatchObject({
      wanted: { name: 'web' },
      installed: { release: { status: 'deployed', revision: 3, chart: { version: '1.0.0' } } },
      chosen: { version: '1.1.0', appVersion: '91.1.0' },
      candidates: [{ version: '1.1.0', verdict: 'none' }],
      comparison: { verdict: 'none', compared: 1, unknown: [] },
      rendered: { changed: ['ConfigMap web'], evidence: { key: 'web-difference' } },
      problems: [],
    });
    expect(evidence()['web']).toContain('+  color: red');
    expect(JSON.stringify(observed)).not.toContain('color');
  });

  it('has the highest version without a difference named, where the policy refuses the wanted one', async () => {
    await stage().charts(chart('1.2.0', anotherCrd), chart('1.3.0', anotherCrd));
    const refused = await observe({ version: '1.3.0' });
    expect(refused).toMatchObject({
      chosen: { version: '1.3.0' },
      comparison: { verdict: 'additive' },
      highestWithoutDifference: { version: '1.1.0' },
    });
    const letThrough = await observe({ version: '1.3.0', crds: 'additive' });
    expect(letThrough).not.toHaveProperty('highestWithoutDifference');
  });

  it('is judged by the cluster’s objects too for the version that the request names, and for no candidate', async () => {
    const smaller = crd('things', 'Thing').replace('{ type: object }', '{ type: object, required: [size] }');
    await stage().charts(chart('1.1.0', { 'crds/things.yaml': smaller }));
    const thing = { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { namespace: 'shop', name: 'a' } };
    const connection = shopCluster({ release: {}, more: { '/apis/example.org/v1/things': list(thing) } });
    expect((await observe({}, { connection })).comparison).toMatchObject({
      verdict: 'breaking',
      tried: 1,
      refused: [{ namespace: 'shop', name: 'a' }],
    });
    connection.asked.length = 0;
    const latest = await observe({ version: latestWithoutCrdDifference }, { connection });
    expect(latest.candidates).toEqual([
      expect.objectContaining({ version: '1.1.0', verdict: 'breaking' }),
      expect.objectContaining({ version: '1.0.0', verdict: 'none' }),
    ]);
    expect(connection.asked.map(({ path }) => path)).not.toContain('/apis/example.org/v1/things');
  });

  it('is brought by Git alone where it is to wait for that, so that nothing is rendered here', async () => {
    const tracked = deployment('shop', 'web', 'web:1', {
      labels: { 'app.kubernetes.io/instance': 'web', 'helm.sh/chart': 'web-1.0.0' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/web' },
    });
    const connection = shopCluster({
      deployments: [tracked],
      applications: [{ metadata: { namespace: 'argocd', name: 'web' } }],
      release: {},
    });
    const observed = await observe({ awaitGit: true }, { connection });
    expect(observed).toMatchObject({
      installed: { management: { by: 'argo-cd', manager: 'argocd/web' } },
      chosen: { version: '1.1.0' },
      comparison: { verdict: 'none' },
      problems: [],
    });
    expect(observed).not.toHaveProperty('rendered');
    expect(await renderings()).toBe(0);
  });

  it('may have manifests alone for its source: they are compared, and nothing is rendered', async () => {
    const { folder } = stage();
    await writeFiles(join(folder, 'v1.1.0'), { 'things.yaml': crd('things', 'Thing') });
    const observed = await observe({ source: { manifests: join(folder, 'v{version}') } });
    expect(observed).toMatchObject({
      chosen: { version: '1.1.0' },
      comparison: { verdict: 'none', compared: 1 },
      problems: [],
    });
    expect(observed).not.toHaveProperty('rendered');
    expect(await renderings()).toBe(0);
  });

  it('that is not there yet is rendered as it would be installed, its new CRDs no difference', async () => {
    await stage().charts(chart('1.1.0', anotherCrd));
    const observed = await observe({}, { connection: shopCluster() });
    expect(observed).toMatchObject({
      chosen: { version: '1.1.0' },
      comparison: { verdict: 'none' },
      rendered: { added: ['ConfigMap web'], changed: [] },
    });
    expect(observed.problems.map(({ kind }) => kind)).toEqual(['not-installed']);
  });
});

describe('the latest version without a difference of CRDs', () => {
  const latest = { version: latestWithoutCrdDifference };

  it('is chosen, and each that was looked at is recorded: what differs, and what is broken and not taken', async () => {
    await stage().charts(
      chart('1.2.0', brokenTemplate),
      chart('1.3.0', missingValue),
      chart('1.4.0', anotherCrd),
    );
    const observed = await observe(latest);
    expect(observed).toMatchObject({
      chosen: { version: '1.1.0' },
      comparison: { verdict: 'none' },
      problems: [],
    });
    expect(observed.candidates).toEqual([
      { version: '1.4.0', appVersion: '91.4.0', verdict: 'additive' },
      { version: '1.3.0', appVersion: '91.3.0', problem: expect.stringContaining('give it') as string },
      { version: '1.2.0', appVersion: '91.2.0', problem: expect.stringContaining('a.yaml') as string },
      { version: '1.1.0', appVersion: '91.1.0', verdict: 'none' },
    ]);
    expect(observed.rendered?.changed).toEqual(['ConfigMap web']);
    expect((await stage().helm.calls()).find((call) => call.startsWith('upgrade'))).toContain('web-1.1.0');
  });

  it('is none where all differ: then that is the problem, the candidates are recorded, and nothing is rendered', async () => {
    await stage().charts(chart('1.0.0', anotherCrd), chart('1.1.0', anotherCrd));
    const observed = await observe(latest);
    expect(observed).not.toHaveProperty('chosen');
    expect(observed.candidates.map(({ version, verdict }) => [version, verdict])).toEqual([
      ['1.1.0', 'additive'],
      ['1.0.0', 'additive'],
    ]);
    expect(observed.problems).toEqual([expect.objectContaining({ kind: 'no-such-version' })]);
    expect(await renderings()).toBe(0);
  });

  it('is not looked for on and on where no other version would mend what is wrong: a permission', async () => {
    await stage().helm.fails('get values', forbidden);
    const { problems, candidates } = await observe(latest);
    expect(problems).toEqual([expect.objectContaining({ kind: 'unseen', source: 'the cluster' })]);
    expect(candidates).toEqual([]);
  });

  it('is not looked for on and on where no other version would mend what is wrong: the source', async () => {
    const { folder, helm, onEnd } = stage();
    await packRepository(helm.program, folder, [chart('1.1.0'), chart('1.2.0')]);
    // It lists its charts, and gives none away.
    const server = await serveFolder(join(folder, 'repository'), ({ url }) => url === '/index.yaml');
    onEnd(() => server.close());
    const source = { repository: server.url, chart: 'web' };
    const { problems, candidates } = await observe({ ...latest, source });
    expect(problems).toEqual([
      expect.objectContaining({ kind: 'unreachable-source', source: `chart web of ${server.url}` }),
    ]);
    expect(candidates).toEqual([]);
    expect(server.asked.filter((path) => path.endsWith('.tgz'))).toEqual(['/web-1.2.0.tgz']);
  });
});

describe('charts that were fetched', () => {
  const reason = new Error('called off');

  async function fetched(...all: Record<string, string>[]): Promise<Partial<WantedTool>> {
    const { folder, helm, onEnd } = stage();
    await packRepository(helm.program, folder, all);
    const server = await serveFolder(join(folder, 'repository'));
    onEnd(() => server.close());
    return { source: { repository: server.url, chart: 'web' }, version: latestWithoutCrdDifference };
  }
  const kept = async () => (await stage().temporary()).filter((name) => name.startsWith('stepladder-chart-'));

  it('are on disk until the last was rendered, and gone afterwards', async () => {
    const wanted = await fetched(chart('1.1.0'), chart('1.2.0', anotherCrd), chart('1.3.0', brokenTemplate));
    let onDisk: string[] = [];
    const { chosen } = await observe(wanted, {
      keepDifference: async (tool) => {
        onDisk = await kept();
        return evidenceOf(tool);
      },
    });
    expect(chosen?.version).toBe('1.1.0');
    expect(onDisk).toHaveLength(3);
    expect(await stage().temporary()).toEqual([]);
  });

  it('are gone when the cluster is out of reach, and when all is called off', async () => {
    const wanted = await fetched(chart('1.1.0'));
    for (const stop of [undefined, new AbortController()]) {
      let onDisk: Promise<string[]> | undefined;
      const fails = () => {
        onDisk = kept();
        stop?.abort(reason);
        throw stop === undefined ? new StepladderError('Unreachable', 'No route.') : reason;
      };
      const connection = shopCluster({ release: {}, more: { [pathOfThings]: fails } });
      const observing = observe(wanted, { connection, signal: stop?.signal });
      await expect(observing).rejects.toMatchObject(stop === undefined ? { type: 'Unreachable' } : reason);
      expect(await onDisk).toHaveLength(1);
      expect(await stage().temporary()).toEqual([]);
    }
  });

  it('are not fetched when it was called off before', async () => {
    const observing = observe({}, { signal: AbortSignal.abort(reason) });
    await expect(observing).rejects.toBe(reason);
    expect(await stage().helm.calls()).toEqual([]);
  });
});
