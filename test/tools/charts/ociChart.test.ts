import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChartRepository } from '../../../src/tools/charts/openChartRepository.ts';
import { emptyHome, useHelm } from '../helm/helmForTests.ts';
import { packRepository, webChart } from './madeCharts.ts';
import { serveRegistry } from './ociRegistry.ts';
import type { OciRegistry } from './ociRegistry.ts';

const helm = useHelm();

describe('a chart in an OCI registry', () => {
  const cleanups: (() => Promise<void>)[] = [];
  let environment: NodeJS.ProcessEnv;
  let registry: OciRegistry;

  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stepladder-registry-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    environment = await emptyHome((clear) => cleanups.push(clear));
    await packRepository(helm(), folder, ['1.2.0', '1.9.0', '1.10.0', '2.0.0-rc.1'].map(webChart));
    registry = await serveRegistry(helm().path, join(folder, 'repository'));
    cleanups.push(() => registry.close());
  });
  afterEach(async () => {
    for (const clear of cleanups.splice(0).reverse()) await clear();
  });

  const open = (installed?: string, oci = registry.reference) =>
    openChartRepository({ oci }, { helm: helm(), environment, installed });
  const versionsOf = async (installed?: string) =>
    (await open(installed).versions()).map(({ version }) => version);

  it('offers its versions, the highest first, without pre-releases', async () => {
    expect(await open().versions()).toEqual([
      { version: '1.10.0', appVersion: '91.10.0' },
      { version: '1.9.0', appVersion: '91.9.0' },
      { version: '1.2.0', appVersion: '91.2.0' },
    ]);
  });

  it('asks for none that are older than the installed one', async () => {
    expect(await versionsOf('1.9.0')).toEqual(['1.10.0', '1.9.0']);
  });

  it('offers pre-releases where one is installed', async () => {
    expect(await versionsOf('1.9.0-beta.1')).toEqual(['2.0.0-rc.1', '1.10.0', '1.9.0', '1.2.0']);
  });

  it('fetches a version, which is gone again when it is let go', async () => {
    const fetched = await open().fetch('1.9.0');
    expect(fetched).toMatchObject({ version: '1.9.0', appVersion: '91.9.0', kind: 'chart' });
    await access(fetched.path);
    await fetched.release();
    await expect(access(fetched.path)).rejects.toThrow();
  });

  it('names the versions there are where the wanted one is not', async () => {
    await expect(open().fetch('1.3.0')).rejects.toMatchObject({
      details: { problem: 'no-such-version' },
      message: expect.stringMatching(
        /no version 1\.3\.0 of oci:.*newest there are 1\.10\.0, 1\.9\.0, 1\.2\.0/,
      ),
    });
  });

  it('says so when there is no such chart, and when the registry is down', async () => {
    const unknown = registry.reference.replace('web', 'wep');
    await expect(open(undefined, unknown).versions()).rejects.toMatchObject({
      details: { problem: 'no-such-version' },
    });
    await expect(open(undefined, 'oci://127.0.0.1:1/charts/web').versions()).rejects.toMatchObject({
      type: 'Unreachable',
      message: expect.stringContaining('connection refused'),
    });
  });
});
