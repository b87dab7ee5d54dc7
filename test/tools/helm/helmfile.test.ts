import { access, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { helmfileSync, helmfileTemplate } from '../../../src/tools/helm/helmfile.ts';
import type { HelmOnCluster } from '../../../src/tools/helm/runHelm.ts';

describe('helmfile', () => {
  let folder: string;
  let on: HelmOnCluster;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-helmfile-'));
    on = {
      helm: { path: '/opt/helm', version: '3.19.5' },
      access: {
        variables: { KUBECONFIG: '/lent/kubeconfig' },
        credentials: 'ours',
        endpoint: 'https://abc',
        folder: join(folder, 'lent'),
      },
      environment: { PATH: `${folder}:/usr/bin:/bin`, ZONE: 'blue', TEMPORAL_API_KEY: 'secret' },
    };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A stand-in that writes down how it was called. */
  async function standIn(body: string): Promise<void> {
    const path = join(folder, 'helmfile');
    await writeFile(
      path,
      `#!/bin/sh\necho "$@" > '${folder}/arguments'\nenv > '${folder}/environment'\n${body}\n`,
    );
    await chmod(path, 0o755);
  }
  const called = (): Promise<string> => readFile(join(folder, 'arguments'), 'utf8');

  it('syncs the releases that file and selector name, with our helm, at our cluster', async () => {
    await standIn('');
    await helmfileSync(on, { by: 'helmfile', file: '/etc/helmfile.yaml', selector: 'name=web' }, 60_000);
    expect((await called()).trim()).toBe(
      '--file /etc/helmfile.yaml --selector name=web --no-color --helm-binary /opt/helm sync',
    );
    const environment = await readFile(join(folder, 'environment'), 'utf8');
    expect(environment).toMatch(/^KUBECONFIG=\/lent\/kubeconfig$/m);
    expect(environment).toMatch(/^ZONE=blue$/m);
    expect(environment).not.toContain('TEMPORAL_API_KEY');
  });

  it('renders without installing', async () => {
    await standIn('echo "kind: ConfigMap"');
    expect(await helmfileTemplate(on, { by: 'helmfile', file: 'f.yaml' })).toBe('kind: ConfigMap\n');
    expect(await called()).toMatch(/^--file f\.yaml --no-color .* template --skip-tests$/m);
  });

  it('says what it said last when it fails', async () => {
    await standIn('echo "in ./f.yaml: https://me:hunter2@x.org is down" >&2; exit 1');
    await expect(helmfileSync(on, { by: 'helmfile', file: 'f.yaml' }, 60_000)).rejects.toMatchObject({
      type: 'ToolFailed',
      message:
        '`helmfile sync` of f.yaml failed: in ./f.yaml: https://x.org is down. Try it by hand to see more.',
    });
  });

  it('says so when there is none', async () => {
    on.environment = { PATH: folder };
    await expect(helmfileSync(on, { by: 'helmfile', file: 'f.yaml' }, 60_000)).rejects.toMatchObject({
      type: 'ToolRefused',
      details: { problem: 'no-helm' },
      message: expect.stringMatching(/no `helmfile` on the worker's PATH.*Install it/),
    });
  });

  it('is asked to stop when it is called off, and is waited for', async () => {
    await standIn(`trap 'echo stopped > ${folder}/stopped; exit 1' TERM
echo here > '${folder}/here'
while :; do sleep 0.1; done`);
    const reason = new Error('called off');
    const calledOff = new AbortController();
    const syncing = helmfileSync(
      { ...on, signal: calledOff.signal },
      { by: 'helmfile', file: 'f.yaml' },
      60_000,
    ).catch((error: unknown) => error);
    await vi.waitFor(() => access(join(folder, 'here')), { timeout: 60_000 });
    calledOff.abort(reason);
    expect(await syncing).toBe(reason);
    expect(await readFile(join(folder, 'stopped'), 'utf8')).toBe('stopped\n');
  });
});
