import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChartRepository } from '../../../src/tools/charts/openChartRepository.ts';
import { emptyHome, useHelm } from '../helm/helmForTests.ts';
import { webChart, writeFiles } from './madeCharts.ts';

const helm = useHelm();

describe('charts on the disk', () => {
  const cleanups: (() => Promise<void>)[] = [];
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-charts-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    environment = await emptyHome((clear) => cleanups.push(clear));
  });
  afterEach(async () => {
    for (const clear of cleanups.splice(0).reverse()) await clear();
  });

  const open = (path: string, installed?: string) =>
    openChartRepository({ path }, { helm: helm(), environment, installed });
  const versionsOf = async (path: string, installed?: string) =>
    (await open(path, installed).versions()).map(({ version }) => version);

  it('offers the one version of a folder, and leaves it where it is', async () => {
    const chart = await writeFiles(join(folder, 'web'), webChart('1.2.0'));
    expect(await open(chart).versions()).toEqual([{ version: '1.2.0', appVersion: '91.2.0' }]);
    const fetched = await open(chart).fetch('1.2.0');
    expect(fetched).toMatchObject({ path: chart, version: '1.2.0', kind: 'chart' });
    await fetched.release();
    expect(await versionsOf(chart)).toEqual(['1.2.0']);
  });

  it('finds the versions where {version} stands, by what the charts say of themselves', async () => {
    await writeFiles(join(folder, 'tool@v0.9.0', 'charts', 'web'), webChart('1.9.0'));
    await writeFiles(join(folder, 'tool@v0.10.0', 'charts', 'web'), webChart('1.10.0'));
    await writeFiles(join(folder, 'tool@v0.11.0', 'charts', 'web'), webChart('2.0.0-rc.1'));
    const path = join(folder, 'tool@v{version}', 'charts', 'web');
    expect(await versionsOf(path)).toEqual(['1.10.0', '1.9.0']);
    expect(await versionsOf(path, '2.0.0-alpha.1')).toEqual(['2.0.0-rc.1', '1.10.0', '1.9.0']);
    expect((await open(path).fetch('1.9.0')).path).toBe(join(folder, 'tool@v0.9.0', 'charts', 'web'));
  });

  it('takes archives as well', async () => {
    const chart = await writeFiles(join(folder, 'web'), webChart('1.2.0'));
    await execa(helm().path, ['package', chart, '--destination', folder]);
    expect(await open(join(folder, 'web-{version}.tgz')).versions()).toEqual([
      { version: '1.2.0', appVersion: '91.2.0' },
    ]);
  });

  it.each([
    ['nothing is there', 'nothing', {}, 'Unreachable', /no chart at .*nothing on the worker/],
    ['no version is there', 'a-{version}', {}, 'Unreachable', /nothing at .*a-\{version\}/],
    ['it has no Chart.yaml', 'web', { 'values.yaml': '' }, 'ToolRefused', /Chart\.yaml.*no name/],
    ['its Chart.yaml is broken', 'web', { 'Chart.yaml': 'name: [' }, 'ToolRefused', /is no YAML/],
  ])('says so when %s', async (_, path, files, type, message) => {
    await writeFiles(join(folder, 'web'), files);
    const failure = open(join(folder, path)).versions();
    await expect(failure).rejects.toMatchObject({ type, message: expect.stringMatching(message) });
  });

  it('says so when an archive is none', async () => {
    await writeFile(join(folder, 'web.tgz'), 'not an archive');
    await expect(open(join(folder, 'web.tgz')).versions()).rejects.toMatchObject({
      details: { problem: 'broken-chart' },
      message: expect.stringMatching(/does not appear to be a gzipped archive/),
    });
  });

  it('opens manifests alone as what they are', async () => {
    const path = await writeFiles(join(folder, 'crds'), { 'a.yaml': 'kind: ConfigMap\n' });
    const manifests = openChartRepository(
      { manifests: path },
      { helm: helm(), environment, versions: ['1.2.0'] },
    );
    expect(await manifests.versions()).toEqual([{ version: '1.2.0' }]);
    const fetched = await manifests.fetch('1.2.0');
    expect(fetched).toMatchObject({ version: '1.2.0', kind: 'manifests' });
    await fetched.release();
  });

  it('names the version that a folder does not have', async () => {
    const chart = await writeFiles(join(folder, 'web'), webChart('1.2.0'));
    await expect(open(chart).fetch('1.3.0')).rejects.toThrow(
      /no version 1\.3\.0 of .*The newest there are 1\.2\.0/,
    );
  });
});
