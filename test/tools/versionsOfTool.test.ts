import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withVersions } from '../../src/tools/versionsOfTool.ts';
import type { VersionsOfTool, VersionsWanted } from '../../src/tools/versionsOfTool.ts';
import { Refusal } from '../kubernetes/fakeConnection.ts';
import { crd, packRepository, serveFolder, webChart, writeFiles } from './charts/madeCharts.ts';
import type { ServedFolder } from './charts/madeCharts.ts';
import { dryRun } from './clusterHelm.ts';
import { shopCluster, useToolStage } from './toolStage.ts';
import { configMap } from './webTool.ts';

const stage = useToolStage();

interface Given {
  connection?: ReturnType<typeof shopCluster>;
  signal?: AbortSignal;
  wanted?: Partial<VersionsWanted>;
}

/** The versions of charts `web-…` in the test's folder, for the release shop/web. */
function lent<T>(
  use: (versions: VersionsOfTool) => Promise<T>,
  { connection = shopCluster(), signal, wanted }: Given = {},
): Promise<T> {
  const { folder, helm, environment } = stage();
  return withVersions(
    { helm: helm.program, connection, signal, environment },
    {
      ...{ release: 'web', namespace: 'shop', driver: { by: 'helm' }, values: [], installed: '1.0.0' },
      source: { path: join(folder, 'web-{version}') },
      ...wanted,
    },
    use,
  );
}

const charts = (...all: Record<string, string>[]) => stage().charts(...all);

/** A Helm repository, out of which what is fetched lies in a temporary folder. */
async function repository(...all: Record<string, string>[]): Promise<ServedFolder> {
  const { folder, helm, onEnd } = stage();
  await packRepository(helm.program, folder, all);
  const server = await serveFolder(join(folder, 'repository'));
  onEnd(() => server.close());
  return server;
}
const from = ({ url }: ServedFolder) => ({ repository: url, chart: 'web' });

const names = async (versions: VersionsOfTool, version: string) =>
  (await versions.crdsOf(version)).map(({ name, from: where }) => `${name} ${where}`);

describe('the versions on offer', () => {
  it('are those of the source, the highest first', async () => {
    await charts(webChart('1.9.0'), webChart('1.10.0'), webChart('2.0.0-rc.1'));
    const offered = await lent((versions) => versions.offered());
    expect(offered.map(({ version }) => version)).toEqual(['1.10.0', '1.9.0']);
    expect(offered[0]).toEqual({ version: '1.10.0', appVersion: '91.10.0' });
  });

  it('have pre-releases among them where one is installed', async () => {
    await charts(webChart('1.9.0'), webChart('2.0.0-rc.1'));
    const offered = await lent((versions) => versions.offered(), { wanted: { installed: '2.0.0-rc.0' } });
    expect(offered.map(({ version }) => version)).toEqual(['2.0.0-rc.1', '1.9.0']);
  });

  it('are those of the request where the source can’t list them', async () => {
    const wanted = {
      source: { manifests: 'https://x.invalid/{version}/crds' },
      versions: ['1.2.0', '1.10.0'],
    };
    expect(await lent((versions) => versions.offered(), { wanted })).toEqual([
      { version: '1.10.0' },
      { version: '1.2.0' },
    ]);
  });
});

describe('the CRDs of a version', () => {
  const switched = {
    ...webChart('1.1.0'),
    'templates/crd.yaml': `{{ if .Values.pears }}\n${crd('pears', 'Pear')}{{ end }}`,
  };

  it('are those that the release’s own values switch on, and files with values on top', async () => {
    const { helm, folder } = stage();
    await charts(switched);
    await helm.says('get values', '{"pears":true}');
    expect(await lent((versions) => names(versions, '1.1.0'))).toEqual(['pears.example.org template']);
    const off = join(folder, 'off.yaml');
    await writeFile(off, 'pears: false\n');
    expect(await lent((versions) => names(versions, '1.1.0'), { wanted: { values: [off] } })).toEqual([]);
  });

  it('are told without a release’s values where there is no release', async () => {
    await charts({ ...switched, 'crds/things.yaml': crd('things', 'Thing') });
    const found = await lent((versions) => names(versions, '1.1.0'), { wanted: { installed: undefined } });
    expect(found).toEqual(['things.example.org crds']);
    expect((await stage().helm.calls()).filter((call) => call.startsWith('get'))).toEqual([]);
  });

  it('follow what the cluster offers', async () => {
    await charts({
      ...webChart('1.1.0'),
      'templates/crd.yaml': `{{ if and (.Capabilities.APIVersions.Has "example.org/v7") (eq .Capabilities.KubeVersion.Minor "33") }}\n${crd('plums', 'Plum')}{{ end }}`,
    });
    expect(await lent((versions) => names(versions, '1.1.0'))).toEqual(['plums.example.org template']);
  });

  it('are had for any number of versions with one look at the release and one at the cluster', async () => {
    await charts(webChart('1.1.0'), webChart('1.2.0'));
    const connection = shopCluster();
    await lent((versions) => Promise.all(['1.1.0', '1.2.0'].map((each) => versions.crdsOf(each))), {
      connection,
    });
    expect((await stage().helm.calls()).filter((call) => call.startsWith('get values'))).toHaveLength(1);
    expect(connection.asked.filter(({ path }) => path === '/version')).toHaveLength(1);
  });

  it('are those in manifests as they are, without any helm', async () => {
    const { folder, helm } = stage();
    await writeFiles(join(folder, 'v1.2.0'), { 'crds/a.yaml': crd('pears', 'Pear') });
    const wanted = { source: { manifests: join(folder, 'v{version}', 'crds') } };
    expect(await lent((versions) => names(versions, '1.2.0'), { wanted })).toEqual([
      'pears.example.org manifest',
    ]);
    expect(await helm.calls()).toEqual([]);
  });

  it('can’t be told of a version that is not there', async () => {
    await charts(webChart('1.1.0'));
    await expect(lent((versions) => versions.crdsOf('9.9.9'))).rejects.toMatchObject({
      details: { problem: 'no-such-version' },
    });
  });

  it('can’t be told where the cluster does not say what it offers', async () => {
    await charts(webChart('1.1.0'));
    const connection = shopCluster({ more: { '/version': new Refusal(401, 'Unauthorized') } });
    await expect(lent((versions) => versions.crdsOf('1.1.0'), { connection })).rejects.toMatchObject({
      type: 'CredentialsRefused',
    });
  });
});

describe('what a version renders', () => {
  it('is held against what the release has installed, its hooks too', async () => {
    const { helm, folder } = stage();
    await charts(webChart('1.1.0'));
    await helm.says('get manifest', configMap('blue'));
    await helm.says('get hooks', configMap('green').replace('name: web', 'name: hook'));
    await helm.says('upgrade', dryRun(configMap('red')));
    const { difference, text } = await lent((versions) => versions.rendered('1.1.0'), {
      wanted: { values: ['/etc/web.yaml'] },
    });
    expect(difference).toMatchObject({ added: [], changed: ['ConfigMap web'], removed: ['ConfigMap hook'] });
    expect(text).toContain('-  color: blue\n+  color: red');
    const rendering = (await helm.calls()).find((call) => call.startsWith('upgrade'));
    expect(rendering).toContain(`upgrade web ${join(folder, 'web-1.1.0')} --namespace shop`);
    expect(rendering).toMatch(/\/etc\/web\.yaml.* --dry-run=server .*--reset-then-reuse-values/);
  });

  it('is all new where there is no release', async () => {
    const { helm } = stage();
    await charts(webChart('1.1.0'));
    await helm.says('install', dryRun(configMap('red')));
    const { difference } = await lent((versions) => versions.rendered('1.1.0'), {
      wanted: { installed: undefined },
    });
    expect(difference).toMatchObject({ added: ['ConfigMap web'], changed: [], removed: [] });
    expect((await helm.calls()).filter((call) => /^(get|upgrade)/.test(call))).toEqual([]);
  });

  it('is what a helmfile makes of it, where one keeps the tool', async () => {
    const { helm, folder, environment } = stage();
    await helm.says('get manifest', configMap('blue'));
    await mkdir(join(folder, 'bin'));
    const program = join(folder, 'bin', 'helmfile');
    await writeFile(program, `#!/bin/sh\necho "$@" > '${folder}/asked'\ncat <<END\n${configMap('red')}END\n`);
    await chmod(program, 0o755);
    environment['PATH'] = `${join(folder, 'bin')}:${environment['PATH'] ?? ''}`;
    const { difference } = await lent((versions) => versions.rendered('1.1.0'), {
      wanted: { driver: { by: 'helmfile', file: '/etc/helmfile.yaml' } },
    });
    expect(difference.changed).toEqual(['ConfigMap web']);
    expect((await helm.calls()).filter((call) => call.startsWith('upgrade'))).toEqual([]);
  });
});

describe('what was fetched', () => {
  const both = [webChart('1.1.0'), webChart('1.2.0')];
  /** The fetched charts that are on disk; other temporary folders are those of calls. */
  const kept = async () => (await stage().temporary()).filter((name) => name.startsWith('stepladder-chart-'));

  it('is fetched once, however often it is asked about, and gone afterwards', async () => {
    const server = await repository(...both);
    const onDisk = await lent(
      async (versions) => {
        await Promise.all([versions.crdsOf('1.1.0'), versions.crdsOf('1.1.0')]);
        await versions.rendered('1.1.0');
        await versions.crdsOf('1.2.0');
        return kept();
      },
      { wanted: { source: from(server) } },
    );
    expect(onDisk).toHaveLength(2);
    expect(server.asked.filter((path) => path.endsWith('.tgz'))).toHaveLength(2);
    expect(await stage().temporary()).toEqual([]);
  });

  it('is gone when what it was lent for fails, be it that another could not be fetched', async () => {
    const server = await repository(...both);
    let onDisk: string[] = [];
    const failure = lent(
      async (versions) => {
        const missing = versions.crdsOf('9.9.9');
        await missing.catch(() => undefined);
        await versions.crdsOf('1.1.0');
        onDisk = await kept();
        return missing;
      },
      { wanted: { source: from(server) } },
    );
    await expect(failure).rejects.toMatchObject({ details: { problem: 'no-such-version' } });
    expect(onDisk).toHaveLength(1);
    expect(await stage().temporary()).toEqual([]);
  });

  it('is gone when it is called off', async () => {
    const server = await repository(...both);
    const [stop, reason] = [new AbortController(), new Error('called off')];
    let onDisk: Promise<string[]> | undefined;
    const connection = shopCluster({
      more: {
        '/version': () => {
          onDisk = kept();
          stop.abort(reason);
          return { gitVersion: 'v1.33.1' };
        },
      },
    });
    const calledOff = lent((versions) => versions.crdsOf('1.1.0'), {
      ...{ connection, signal: stop.signal },
      wanted: { source: from(server) },
    });
    await expect(calledOff).rejects.toBe(reason);
    expect(await onDisk).toHaveLength(1);
    expect(await stage().temporary()).toEqual([]);
  });

  it('is nothing when it was called off before', async () => {
    const reason = new Error('called off');
    const asked = lent(async () => 'lent', { signal: AbortSignal.abort(reason) });
    await expect(asked).rejects.toBe(reason);
    expect(await stage().temporary()).toEqual([]);
  });

  it('stays where it is when it is the user’s own', async () => {
    await charts(webChart('1.1.0'));
    await lent((versions) => versions.crdsOf('1.1.0'));
    expect(await lent((versions) => versions.crdsOf('1.1.0'))).toEqual([]);
  });
});
