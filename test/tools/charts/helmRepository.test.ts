import { access, readFile, rm, stat, writeFile, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChartRepository } from '../../../src/tools/charts/openChartRepository.ts';
import type { ChartSourceOptions } from '../../../src/tools/charts/openChartRepository.ts';
import { emptyHome, useHelm } from '../helm/helmForTests.ts';
import { packRepository, serveFolder, webChart } from './madeCharts.ts';
import type { ServedFolder } from './madeCharts.ts';

const helm = useHelm();

describe('a chart of a Helm repository', () => {
  const cleanups: (() => Promise<void>)[] = [];
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let server: ServedFolder;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-repository-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    environment = await emptyHome((clear) => cleanups.push(clear));
    const others = {
      ...webChart('7.0.0'),
      'Chart.yaml': 'apiVersion: v2\nname: web-proxy\nversion: 7.0.0\n',
    };
    const charts = ['1.2.0', '1.10.0', '2.0.0-rc.1'].map(webChart);
    await packRepository(helm(), folder, [...charts, others]);
    server = await serveFolder(join(folder, 'repository'));
    cleanups.push(() => server.close());
  });
  afterEach(async () => {
    for (const clear of cleanups.splice(0).reverse()) await clear();
  });

  const open = (options: Partial<ChartSourceOptions> = {}, repository = server.url, chart = 'web') =>
    openChartRepository({ repository, chart }, { helm: helm(), environment, ...options });

  it('offers its versions, the highest first, without pre-releases and without charts of like names', async () => {
    expect(await open().versions()).toEqual([
      { version: '1.10.0', appVersion: '91.10.0' },
      { version: '1.2.0', appVersion: '91.2.0' },
    ]);
  });

  it('offers pre-releases where one is installed', async () => {
    const versions = await open({ installed: '2.0.0-beta.1' }).versions();
    expect(versions.map(({ version }) => version)).toEqual(['2.0.0-rc.1', '1.10.0', '1.2.0']);
  });

  it('fetches a version, which is gone again when it is let go', async () => {
    const fetched = await open().fetch('1.2.0');
    expect(fetched).toMatchObject({ version: '1.2.0', appVersion: '91.2.0', kind: 'chart' });
    expect((await stat(fetched.path)).size).toBeGreaterThan(0);
    await fetched.release();
    await expect(access(fetched.path)).rejects.toThrow();
  });

  it('downloads the index once for all that is asked of it', async () => {
    const repository = open();
    await repository.versions();
    for (const version of ['1.2.0', '1.10.0']) await (await repository.fetch(version)).release();
    expect(server.asked.filter((path) => path.endsWith('index.yaml'))).toHaveLength(1);
  });

  it('leaves the list of repositories of whoever runs it alone', async () => {
    const list = join(folder, 'repositories.yaml');
    await writeFile(list, 'apiVersion: ""\nrepositories: []\n');
    environment['HELM_REPOSITORY_CONFIG'] = list;
    await open().versions();
    expect(await readFile(list, 'utf8')).toBe('apiVersion: ""\nrepositories: []\n');
  });

  it('uses the login that is noted for the address, and tells it to nobody', async () => {
    await server.close();
    const expected = `Basic ${Buffer.from('me:hunter2-hunter2').toString('base64')}`;
    server = await serveFolder(
      join(folder, 'repository'),
      (request) => request.headers.authorization === expected,
    );
    const refused = await open()
      .versions()
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ type: 'Unreachable', message: expect.stringContaining('401') });
    const list = join(folder, 'repositories.yaml');
    const entry = `{name: mine, url: "${server.url}/", username: me, password: hunter2-hunter2}`;
    await writeFile(list, `apiVersion: ""\nrepositories: [${entry}]\n`);
    environment['HELM_REPOSITORY_CONFIG'] = list;
    expect(await open().versions()).toHaveLength(2);
    const missing = await open()
      .fetch('9.9.9')
      .catch((error: unknown) => error);
    expect(String(missing)).not.toContain('hunter2');
  });

  it.each([
    ['is down', 'http://127.0.0.1:1', 'web', 'Unreachable', /connection refused.*Check the address/s],
    ['has no such host', 'http://charts.invalid', 'web', 'Unreachable', /charts\.invalid/],
  ])('says so when the repository %s', async (_, repository, chart, type, message) => {
    const failure = open({}, repository, chart).versions();
    await expect(failure).rejects.toMatchObject({ type, message: expect.stringMatching(message) });
  });

  it('says so when there is no index where the repository should be', async () => {
    await rm(join(folder, 'repository', 'index.yaml'));
    const repository = open();
    await expect(repository.versions()).rejects.toMatchObject({
      type: 'Unreachable',
      details: { problem: 'unreachable-source' },
      message: expect.stringMatching(/index of http:.*404/),
    });
    await packRepository(helm(), folder, [webChart('1.2.0')]);
    // What could not be had once is asked for again.
    expect(await repository.versions()).toHaveLength(2);
  });

  it('names the chart that the repository does not have', async () => {
    await expect(open({}, server.url, 'wep').versions()).rejects.toMatchObject({
      type: 'InvalidInput',
      details: { problem: 'no-such-version' },
      message: expect.stringContaining('chart wep of http://'),
    });
  });

  it('names the versions there are where the wanted one is not', async () => {
    await expect(open().fetch('1.3.0')).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(
        /no version 1\.3\.0 .*newest there are 2\.0\.0-rc\.1, 1\.10\.0, 1\.2\.0/,
      ),
    });
  });

  it('says so when the index names an archive that is gone', async () => {
    await rm(join(folder, 'repository', 'web-1.2.0.tgz'));
    await expect(open().fetch('1.2.0')).rejects.toMatchObject({ type: 'Unreachable' });
  });

  it('stops when it is called off', async () => {
    const reason = new Error('called off');
    await expect(open().versions(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
