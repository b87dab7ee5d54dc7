import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findHelm, helmRelease, helmVersion } from '../../../src/tools/helm/binary.ts';

/** A stand-in for a program: a shell script. */
async function writeScript(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('finding helm', () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  const log = (): void => undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-find-helm-'));
    // No download gets past this proxy.
    environment = { PATH: join(folder, 'path'), HTTPS_PROXY: 'http://127.0.0.1:1' };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const search = (more: NodeJS.ProcessEnv = {}) =>
    findHelm({ cacheFolder: join(folder, 'cache'), environment: { ...environment, ...more }, log });
  const onPath = (version: string) =>
    writeScript(join(folder, 'path', 'helm'), `echo "v${version}+g618447c"`);
  const inCache = () =>
    writeScript(join(folder, 'cache', `helm-${helmVersion}`, 'helm'), `echo v${helmVersion}`);

  it('takes the one that the setting names, with its version', async () => {
    await onPath('3.18.0');
    const mine = await writeScript(join(folder, 'mine'), 'echo v3.16.2');
    expect(await search({ STEPLADDER_HELM_BINARY: mine })).toEqual({ path: mine, version: '3.16.2' });
  });

  it('takes the one on PATH, unless it is too old to keep the values of a release', async () => {
    const path = await onPath('3.14.0');
    const cached = await inCache();
    expect(await search()).toEqual({ path, version: '3.14.0' });
    await onPath('3.13.3');
    expect(await search()).toEqual({ path: cached, version: helmVersion });
  });

  it('says what was tried and what mends it when there is none', async () => {
    const message = await search().then(
      () => 'found',
      (error: unknown) => String(error),
    );
    expect(message).toContain('There is no `helm` binary to upgrade cluster tools with. Tried:');
    expect(message).toContain('the official release: ');
    expect(message).toContain('building it with Go: `go` is not on PATH');
    expect(message).toContain(`go install helm.sh/helm/v3/cmd/helm@v${helmVersion}`);
  });

  it('knows the official release of this platform', () => {
    expect(helmRelease.published({ os: 'linux', arch: 'arm64' })).toEqual({
      host: 'get.helm.sh',
      files: [
        {
          program: 'helm',
          path: `/helm-v${helmVersion}-linux-arm64.tar.gz`,
          checksumPath: `/helm-v${helmVersion}-linux-arm64.tar.gz.sha256sum`,
          archiveMember: 'linux-arm64/helm',
        },
      ],
    });
  });
});
