import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import {
  configuredTemporal,
  connectNative,
  connectTemporal,
  explicitTemporal,
} from '../../src/temporal/connection.ts';
import { createLogger } from '../../src/temporal/logger.ts';
import { installRuntime } from '../../src/temporal/runtime.ts';

describe('the configured Temporal server', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-profile-'));
    for (const name of Object.keys(process.env))
      if (name.startsWith('TEMPORAL_')) vi.stubEnv(name, undefined);
    vi.stubEnv('TEMPORAL_CONFIG_FILE', join(folder, 'temporal.toml'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });
  const profiles = (text: string) => writeFile(join(folder, 'temporal.toml'), text);

  it('is the local one without any setting', () => {
    expect(configuredTemporal()).toMatchObject({
      connectionOptions: { address: '127.0.0.1:7233' },
      namespace: 'default',
      source: expect.stringContaining('TEMPORAL_ADDRESS is not set'),
    });
  });

  it('comes from the environment first', async () => {
    await profiles('[profile.default]\naddress = "from-file:7233"\n');
    vi.stubEnv('TEMPORAL_ADDRESS', 'from-environment:7233');
    vi.stubEnv('TEMPORAL_NAMESPACE', 'upgrades');
    expect(configuredTemporal()).toMatchObject({
      connectionOptions: { address: 'from-environment:7233' },
      namespace: 'upgrades',
      source: 'TEMPORAL_ADDRESS',
    });
  });

  it('comes from a named profile', async () => {
    await profiles('[profile.prod]\naddress = "prod:7233"\nnamespace = "upgrades"\n');
    expect(configuredTemporal('prod')).toMatchObject({
      connectionOptions: { address: 'prod:7233' },
      namespace: 'upgrades',
      source: 'the Temporal profile "prod"',
    });
  });

  it('is refused with what to correct when the settings cannot be read', async () => {
    await profiles('this is not TOML');
    expect(() => configuredTemporal()).toThrow(/settings can't be read: .*TEMPORAL_CONFIG_FILE/);
  });
});

describe('connecting', () => {
  // Nothing listens on port 1 of this machine.
  const nowhere = explicitTemporal('127.0.0.1:1');

  it('tells a client which server does not answer, where that was set, and what to do', async () => {
    const settings = { ...nowhere, source: 'TEMPORAL_ADDRESS' };
    await expect(connectTemporal(settings)).rejects.toMatchObject({
      type: 'Unreachable',
      message: expect.stringMatching(
        /at 127\.0\.0\.1:1 \(from TEMPORAL_ADDRESS\) can't be reached: .*Check that it runs/,
      ),
    });
  });

  it('tells a worker the same', async () => {
    installRuntime({ log: createLogger({ level: 'silent' }) });
    await expect(connectNative(nowhere)).rejects.toMatchObject({
      type: 'Unreachable',
      message: expect.stringContaining(
        "at 127.0.0.1:1 (from the server that was started with it) can't be reached",
      ),
    });
  });

  it('tells which namespace is missing and how to create it', async () => {
    const settings = explicitTemporal(inject('temporal').address, 'nobodys');
    const expected = {
      type: 'InvalidInput',
      message: expect.stringContaining('temporal operator namespace create --namespace nobodys'),
    };
    await expect(connectTemporal(settings)).rejects.toMatchObject(expected);
    await expect(connectNative(settings)).rejects.toMatchObject(expected);
  });

  it('ignores the environment when it is told which server to use', async () => {
    vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:1');
    vi.stubEnv('http_proxy', 'http://127.0.0.1:1');
    try {
      const temporal = await connectTemporal(explicitTemporal(inject('temporal').address));
      expect(temporal.settings.connectionOptions.address).toBe(inject('temporal').address);
      await temporal.close();
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
