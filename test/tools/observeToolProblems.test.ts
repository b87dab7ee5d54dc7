import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProgramMissing } from '../../src/binaries/findProgram.ts';
import { StepladderError } from '../../src/contract/errors.ts';
import { latestWithoutCrdDifference } from '../../src/contract/tools.ts';
import type { ToolProblem } from '../../src/tools/types.ts';
import { Refusal } from '../kubernetes/fakeConnection.ts';
import { writeFiles } from './charts/madeCharts.ts';
import { pathOfThings } from './toolStage.ts';
import { brokenTemplate, chart, forbidden, inCluster, missingValue, useWebTool } from './webTool.ts';
import type { Given } from './webTool.ts';

const { stage, observe } = useWebTool();

const forbidding = (path: string) =>
  inCluster({ release: {}, more: { [path]: new Refusal(403, 'forbidden') } });

describe('a problem of the tool', () => {
  /** What is found out all the same: the version, what it does to CRDs, what it renders. */
  type Found = '' | 'version' | 'version, CRDs' | 'version, CRDs, objects';

  it.each<
    [kind: ToolProblem['kind'], cause: string, says: RegExp, Found, given: () => Promise<Given> | Given]
  >([
    [
      'unreachable-source',
      'a path with nothing at it',
      /no chart at \/nowhere\/web/,
      '',
      () => ({ wanted: { source: { path: '/nowhere/web' } } }),
    ],
    [
      'unreachable-source',
      'a repository that does not answer',
      /connection refused/,
      '',
      () => ({ wanted: { source: { repository: 'http://127.0.0.1:1', chart: 'web' } } }),
    ],
    [
      'no-such-version',
      'a version that is not on offer',
      /no 9\.9\.9 of web on offer; the nearest are 1\.0\.0, 1\.1\.0/,
      '',
      () => ({ wanted: { version: '9.9.9' } }),
    ],
    [
      'no-such-version',
      'versions that can’t be listed',
      /can't be listed over HTTP/,
      '',
      () => ({ wanted: { source: { manifests: 'https://x.invalid/{version}' } } }),
    ],
    [
      'broken-chart',
      'a chart without a name',
      /Chart\.yaml of .*web-1\.1\.0 can't be used/,
      '',
      async () => {
        await stage().charts({ ...chart('1.1.0'), 'Chart.yaml': 'apiVersion: v2\nversion: 1.1.0\n' });
        return {};
      },
    ],
    [
      'broken-chart',
      'a template that is none',
      /release shop\/web \(version 1\.1\.0\): .*a\.yaml/,
      'version',
      async () => {
        await stage().charts(chart('1.1.0', brokenTemplate));
        await stage().helm.fails(
          'upgrade',
          'UPGRADE FAILED: parse error at (web/templates/a.yaml:1): missing',
        );
        return {};
      },
    ],
    [
      'broken-chart',
      'manifests that are no YAML',
      /a\.yaml can't be used: it is no YAML/,
      'version',
      async () => {
        const { folder } = stage();
        await writeFiles(join(folder, 'v1.1.0'), { 'a.yaml': 'a: [' });
        return { wanted: { source: { manifests: join(folder, 'v{version}') } } };
      },
    ],
    [
      'values-do-not-render',
      'a value that is missing',
      /give it/,
      'version',
      async () => {
        await stage().charts(chart('1.1.0', missingValue));
        await stage().helm.fails('upgrade', 'UPGRADE FAILED: execution error at (web/a.yaml:1:3): give it');
        return {};
      },
    ],
    [
      'values-do-not-render',
      'a value that is missing where a template looks into the cluster',
      /give it/,
      'version, CRDs',
      async () => {
        await stage().helm.fails('upgrade', 'UPGRADE FAILED: execution error at (web/a.yaml:1:3): give it');
        return {};
      },
    ],
    [
      'not-installed',
      'no release of that name',
      /There is no Helm release shop\/web/,
      'version, CRDs, objects',
      () => inCluster(),
    ],
    [
      'release-pending',
      'a release that somebody works on',
      /is pending-upgrade/,
      'version, CRDs',
      () => inCluster({ release: { status: 'pending-upgrade' } }),
    ],
    [
      'release-failed',
      'a release that has failed',
      /is failed/,
      'version, CRDs',
      () => inCluster({ release: { status: 'failed' } }),
    ],
    [
      'namespace-terminating',
      'a namespace that is being deleted',
      /shop is being deleted/,
      'version, CRDs',
      () => inCluster({ release: {}, namespaces: { shop: 'Terminating' } }),
    ],
    [
      'no-helm',
      'a worker without helm',
      /no `helm` binary/,
      '',
      () => ({
        by: {
          findHelm: () => Promise.reject(new ProgramMissing('There is no `helm` binary.', [], 'Install it.')),
        },
      }),
    ],
    [
      'no-helm',
      'a worker without helmfile',
      /no `helmfile` on the worker's PATH/,
      'version, CRDs',
      () => ({
        wanted: { driver: { by: 'helmfile', file: '/etc/helmfile.yaml' } },
        by: { environment: { ...stage().environment, PATH: stage().folder } },
      }),
    ],
    [
      'unseen',
      'workloads that may not be listed',
      /the workloads of web.*403/,
      'version, CRDs, objects',
      () => forbidding('/apis/apps/v1/deployments'),
    ],
    [
      'unseen',
      'an API server that may not be asked for its version',
      /403/,
      '',
      () => forbidding('/version'),
    ],
    [
      'unseen',
      'a release whose values may not be read',
      /cannot list resource "secrets"/,
      '',
      async () => {
        await stage().helm.fails('get values', forbidden);
        return {};
      },
    ],
    [
      'unseen',
      'objects of the release that may not be read',
      /cannot get resource/,
      'version, CRDs',
      async () => {
        await stage().helm.fails(
          'upgrade',
          'UPGRADE FAILED: configmaps "web" is forbidden: cannot get resource',
        );
        return {};
      },
    ],
    [
      'unseen',
      'helm’s words that nobody knows',
      /novelty/,
      'version, CRDs',
      async () => {
        await stage().helm.fails('upgrade', 'UPGRADE FAILED: a novelty');
        return {};
      },
    ],
  ])('%s: %s', async (kind, _cause, says, found, given) => {
    const { wanted, by } = await given();
    const observed = await observe(wanted, by);
    expect(observed.problems).toEqual([
      {
        kind,
        message: expect.stringMatching(says) as string,
        remedy: expect.stringMatching(/^[A-Z].*[.)`"]$/s) as string,
        source: expect.stringMatching(/./) as string,
      },
    ]);
    const parts = { version: observed.chosen, CRDs: observed.comparison, objects: observed.rendered };
    const present = Object.entries(parts).flatMap(([name, part]) => (part === undefined ? [] : [name]));
    expect(present.join(', ')).toBe(found);
    expect(observed.installed.release?.release).toBe(kind === 'not-installed' ? undefined : 'web');
  });

  it('is told with what to do: install helm, or grant the worker what it lacks', async () => {
    const missing = () => Promise.reject(new ProgramMissing('No helm.', [], ''));
    expect((await observe({}, { findHelm: missing })).problems).toEqual([
      expect.objectContaining({
        source: 'the worker',
        remedy: expect.stringContaining('STEPLADDER_HELM_BINARY'),
      }),
    ]);
    await stage().helm.fails('get manifest', forbidden);
    expect((await observe()).problems).toEqual([
      expect.objectContaining({
        source: 'the cluster',
        remedy: expect.stringContaining('cluster-role-tools.yaml'),
      }),
    ]);
  });

  it('names the source where it lies there', async () => {
    expect((await observe({ version: '9.9.9' })).problems).toEqual([
      expect.objectContaining({ source: join(stage().folder, 'web-{version}') }),
    ]);
  });
});

describe('what is no problem of the tool ends the observation', () => {
  const unreachable = () => {
    throw new StepladderError('Unreachable', 'Could not list: no route.');
  };
  const unauthorized = new Refusal(401, 'Unauthorized');

  it.each<[string, string, () => Promise<Given> | Given]>([
    [
      'a cluster that is out of reach from the start',
      'Unreachable',
      () => inCluster({ more: { '/apis/apps/v1/deployments': unreachable } }),
    ],
    [
      'a cluster that is out of reach when a version is looked at',
      'Unreachable',
      () => inCluster({ release: {}, more: { '/version': unreachable } }),
    ],
    [
      'a cluster that is out of reach when CRDs are compared',
      'Unreachable',
      () => inCluster({ release: {}, more: { [pathOfThings]: unreachable } }),
    ],
    [
      'a cluster that helm can’t reach',
      'Unreachable',
      async () => {
        await stage().helm.fails(
          'upgrade',
          'Kubernetes cluster unreachable: dial tcp 10.0.0.1:443: i/o timeout',
        );
        return {};
      },
    ],
    [
      'credentials that are refused from the start',
      'CredentialsRefused',
      () => inCluster({ more: { '/apis/apps/v1/deployments': unauthorized } }),
    ],
    [
      'credentials that are refused when a version is looked at',
      'CredentialsRefused',
      () => inCluster({ release: {}, more: { '/version': unauthorized } }),
    ],
    [
      'credentials that are refused to helm',
      'CredentialsRefused',
      async () => {
        await stage().helm.fails('get values', 'the server has asked for the client to provide credentials');
        return {};
      },
    ],
    [
      'a cluster that has too many requests',
      'Throttled',
      () => inCluster({ release: {}, more: { '/version': new Refusal(429, 'slow down') } }),
    ],
  ])('%s', async (_, type, given) => {
    const { wanted, by } = await given();
    await expect(observe(wanted, by)).rejects.toMatchObject({ type });
    await expect(observe({ ...wanted, version: latestWithoutCrdDifference }, by)).rejects.toMatchObject({
      type,
    });
  });

  it('evidence that can’t be kept', async () => {
    const full = new Error('no space left');
    await expect(observe({}, { keepDifference: () => Promise.reject(full) })).rejects.toBe(full);
  });
});
