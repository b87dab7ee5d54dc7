import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { observeSources } from '../../../src/activities/migration/observeSources.ts';
import { readManifests } from '../../../src/activities/migration/readManifests.ts';
import { ProgramMissing } from '../../../src/binaries/findProgram.ts';
import type { ResourceSource } from '../../../src/contract/migration.ts';
import { webChart, writeFiles } from '../../tools/charts/madeCharts.ts';

describe('what stands against bringing resources from files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-sources-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
  });

  const helm = { path: '/opt/helm', version: '3.19.5' };
  /** With a PATH on which there is nothing but what the test has put there. */
  const look = (source: ResourceSource, findHelm = () => Promise.resolve(helm)) =>
    observeSources([source], {
      ...{ environment: { PATH: folder }, signal: new AbortController().signal },
      ...{ readManifests, findHelm },
    });
  const noHelm = () => Promise.reject(new ProgramMissing('There is no `helm` binary.', [], 'Install Helm.'));
  const chart = (path: string, more: object = {}): ResourceSource => ({
    chart: { release: 'web', namespace: 'shop', source: { path }, version: '1.0.0', values: [], ...more },
  });
  const files = (content: Record<string, string>) => writeFiles(join(folder, 'given'), content);
  const good = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';

  /** A program that says this in vain. */
  async function program(name: string, says = ''): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\necho '${says}' >&2\nexit 1\n`);
    await chmod(join(folder, name), 0o755);
  }

  it('is nothing where they are as they should be, or are copied', async () => {
    expect(await look({ copy: { excludeNamespaces: [], excludeKinds: [] } })).toEqual([]);
    expect(await look({ manifests: { path: await files({ 'a.yaml': good }) } })).toEqual([]);
    const kustomization = 'resources: [a.yaml]\n';
    const named = await files({ 'a.yaml': good, 'kustomization.yaml': kustomization });
    expect(await look({ manifests: { path: named } })).toEqual([]);
    await rm(named, { recursive: true });
    const path = await files({ ...webChart('1.0.0'), 'green.yaml': 'color: green\n' });
    expect(await look(chart(path, { values: [join(path, 'green.yaml')] }))).toEqual([]);
    await program('helmfile');
    expect(await look({ helmfile: { file: join(path, 'green.yaml') } })).toEqual([]);
  });

  it.each<[string, () => Promise<ResourceSource>, string, RegExp]>([
    [
      'manifests that are not there',
      async () => ({ manifests: { path: '/nowhere' } }),
      'blocker',
      /\/nowhere can't be read.*ENOENT/,
    ],
    [
      'YAML that is none',
      async () => ({ manifests: { path: await files({ 'a.yaml': good, 'b.yaml': 'kind: [a\n' }) } }),
      'blocker',
      /given\/b\.yaml/,
    ],
    [
      'a folder without any manifest',
      async () => ({ manifests: { path: await files({ 'values.yaml': 'color: blue\n' }) } }),
      'warning',
      /no manifest in .*given/,
    ],
    [
      'a kustomization that takes a program that is not there',
      async () => ({
        manifests: {
          path: await files({
            'a.yaml': good,
            'kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: b-\n',
          }),
        },
      }),
      'blocker',
      /namePrefix.*Neither `kustomize` nor `kubectl` is on the PATH/,
    ],
    ['a chart that is not there', async () => chart('/nowhere'), 'blocker', /chart \/nowhere can't be read/],
    ['another version of the chart', async () => chart(await files(webChart('2.0.0'))), 'blocker', /1\.0\.0/],
    [
      'a file with values that is not there',
      async () => chart(await files(webChart('1.0.0')), { values: ['/nowhere/values.yaml'] }),
      'blocker',
      /file with values \/nowhere\/values\.yaml can't be read/,
    ],
    [
      'a helmfile that is not there',
      async () => ({ helmfile: { file: '/nowhere/helmfile.yaml' } }),
      'blocker',
      /helmfile \/nowhere\/helmfile\.yaml can't be read: ENOENT/,
    ],
    [
      'a helmfile without the program',
      async () => ({ helmfile: { file: join(await files({ 'helmfile.yaml': '' }), 'helmfile.yaml') } }),
      'blocker',
      /no `helmfile` on the PATH/,
    ],
  ])('is told of %s', async (_what, source, severity, message) => {
    expect(await look(await source())).toEqual([
      {
        severity,
        source: expect.any(String),
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(/./),
      },
    ]);
  });

  it('is told of a kustomization that can’t be built', async () => {
    await program('kustomize');
    const path = await files({ 'kustomization.yaml': 'resources: [a.yaml]\n' });
    expect(await look({ manifests: { path } })).toMatchObject([
      { severity: 'blocker', message: expect.stringContaining(`${path} can't be built`) },
    ]);
  });

  it('is told of a helm that is not to be had, and never of a chart without it', async () => {
    expect(await look(chart(await files(webChart('1.0.0'))), noHelm)).toMatchObject([
      { severity: 'blocker', message: expect.stringContaining('no `helm` binary') },
    ]);
  });

  it('is not known where a chart’s repository can’t be reached', async () => {
    const source = { repository: 'http://127.0.0.1:1', chart: 'web' };
    await program('helm', 'Error: dial tcp 127.0.0.1:1: connect: connection refused');
    const refused = () => Promise.resolve({ ...helm, path: join(folder, 'helm') });
    expect(await look(chart('', { source }), refused)).toMatchObject([
      { source: 'release shop/web of chart web of http://127.0.0.1:1 1.0.0', severity: 'unknown' },
    ]);
  });
});
