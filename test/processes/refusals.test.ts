import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { closedPort, startSilence } from './listener.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';

const megabyte = 1024 * 1024;

describe('a worker refuses at once, with nothing touched,', () => {
  const cleanups: (() => Promise<void>)[] = [];
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage((clear) => cleanups.push(clear));
    await stage.startWorker();
  });
  afterAll(async () => {
    for (const clear of cleanups) await clear();
  });

  const ours = (request: Record<string, unknown> = {}) => ({
    cluster: { name: stage.cluster },
    targetVersion: '1.33',
    ...request,
  });

  const refusals: {
    what: string;
    input: () => unknown;
    type?: string;
    says: string[];
  }[] = [
    {
      what: 'fields that it does not know',
      input: () =>
        ours({ cluster: { name: stage.cluster, colour: 'red' }, speed: 5, workers: { fast: true } }),
      says: [
        'cluster.colour: is not a field',
        'speed: is not a field',
        'workers.fast: is not a field',
        '3 problems',
      ],
    },
    {
      what: 'a target below the current version',
      input: () => ours({ targetVersion: '1.30' }),
      says: ['targetVersion: ', 'is at 1.31 already', 'does not go back to 1.30'],
    },
    {
      what: 'a target equal to the current version',
      input: () => ours({ targetVersion: '1.31' }),
      says: ['targetVersion: ', 'is at 1.31 already'],
    },
    {
      what: 'a version that does not exist',
      input: () => ours({ targetVersion: '1.99' }),
      says: ['targetVersion: EKS knows no version 1.99; it offers '],
    },
    {
      what: 'a strategy that it does not know',
      input: () => ours({ workers: { strategy: 'teleport' } }),
      says: ['workers.strategy: must be one of "managed", "surge", "in-place"'],
    },
    {
      what: 'a new cluster of which nothing is said',
      input: () => ours({ workers: { strategy: 'blue-green' } }),
      says: ['migration: is missing: it says how strategy "blue-green" moves everything to a new cluster'],
    },
    {
      what: 'an empty name',
      input: () => ours({ cluster: { name: '' } }),
      says: ['cluster.name: must be a cluster name'],
    },
    {
      what: 'values of wrong types, all of them together',
      input: () =>
        ours({
          targetVersion: 1.33,
          workers: { maxUnavailable: 'two' },
          gates: { hop: 'yes' },
          overrides: 'none',
          timing: { pollInterval: 15 },
        }),
      says: [
        'targetVersion: must be a Kubernetes minor version in quotes',
        'workers.maxUnavailable: must be a number',
        'gates.hop: must be true or false',
        'overrides: must be a list',
        'timing.pollInterval: must be a duration',
        '5 problems',
      ],
    },
    {
      what: 'a request without a cluster',
      input: () => ({ targetVersion: '1.33' }),
      says: ['cluster: is missing'],
    },
    {
      what: 'what is no object',
      input: () => 'demo 1.33',
      says: ['(request): must be one JSON object'],
    },
    {
      what: 'a cluster that is not there',
      input: () => ours({ cluster: { name: 'no-such-cluster' } }),
      type: 'ClusterNotFound',
      says: ['no-such-cluster', 'Check cluster.name, cluster.region and cluster.roleArn'],
    },
    {
      what: 'a request of nearly 2 MB, the most that Temporal carries',
      input: () => ours({ overrides: ['x'.repeat(1.9 * megabyte)] }),
      says: ['KiB, and 64 KiB is the limit', 'Nothing was touched'],
    },
  ];

  it.for(refusals)('$what', async ({ input, type = 'InvalidInput', says }) => {
    const upgrade = await stage.startWith(input());
    const failure = await upgrade.failed();
    expect(failure.type).toBe(type);
    for (const words of says) expect(failure.message).toContain(words);
    expect(await stage.journal()).toEqual([]);
  });

  it('a request of 3 MB, on its way to Temporal and on the command line', async () => {
    const large = ours({ overrides: ['x'.repeat(3 * megabyte)] });
    await expect(stage.startWith(large)).rejects.toMatchObject({
      cause: { details: expect.stringContaining('size exceeds limit') },
    });

    const file = join(stage.folder, 'large.json');
    await writeFile(file, JSON.stringify(large));
    const { code, out, err } = await stage.commandLine(
      'start',
      '--input',
      file,
      '--task-queue',
      stage.taskQueue,
    );
    expect(err).toContain('The request has 3072 KiB, and 64 KiB is the limit.');
    expect(err).toContain('Nothing was touched.');
    expect(err.length).toBeLessThan(1_000);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('bad requests of the command line, before anything is started', async () => {
    const file = join(stage.folder, 'bad.json');
    await writeFile(file, JSON.stringify({ cluster: { name: '' }, targetVersion: '1.33', speed: 5 }));
    const { code, out, err } = await stage.commandLine(
      'start',
      '--input',
      file,
      '--task-queue',
      stage.taskQueue,
    );
    expect(err).toContain('cluster.name: must be a cluster name');
    expect(err).toContain('speed: is not a field of a request');
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('what only the cluster can tell, and the command line says it too', async () => {
    const { code, err } = await stage.commandLine(
      ...['start', '--cluster', stage.cluster, '--target', '1.30', '--task-queue', stage.taskQueue],
    );
    expect(err).toContain(`cluster ${stage.cluster} is at 1.31 already`);
    expect(code).toBe(1);
    expect(await stage.journal()).toEqual([]);
  });

  it('credentials that AWS does not take', async () => {
    await stage.control('PUT', '/credentials', { refused: true });
    const { type, message } = await (await stage.start()).failed();
    await stage.control('PUT', '/credentials', { refused: false });
    expect(type).toBe('CredentialsRefused');
    expect(message).toMatch(
      /AWS credentials are missing, expired or not accepted.*Give the worker credentials/,
    );
    expect(await stage.journal()).toEqual([]);
  });

  it.for(['FAILED', 'CREATING', 'DELETING', 'UPDATING'])('a cluster that is %s', async (status) => {
    await stage.control('PUT', '/cluster-status', { status });
    const { type, message } = await (await stage.start()).failed();
    await stage.control('PUT', '/cluster-status', { status: 'ACTIVE' });
    expect(type).toBe('ClusterNotActive');
    expect(message).toContain(`Cluster ${stage.cluster} is ${status}`);
    expect(message).toContain('Nothing was touched');
    expect(await stage.journal()).toEqual([]);
  });
});

describe.concurrent('a clear error comes by itself', () => {
  /** How an upgrade ends that a worker with such an environment begins. */
  async function ending(stage: Stage, environment: Record<string, string | undefined> = {}) {
    await stage.startWorker(environment);
    const failure = await (await stage.start()).failed();
    return { ...failure, journal: await stage.journal() };
  }

  it('without any credentials', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    const nothing = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const { type, message, journal } = await ending(stage, nothing);
    expect(type).toBe('CredentialsRefused');
    expect(message).toMatch(/AWS credentials are missing.*Give the worker credentials/);
    expect(journal).toEqual([]);
  });

  it('when nobody listens at the EKS endpoint', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    const endpoint = `http://127.0.0.1:${closedPort}`;
    const { type, message } = await ending(stage, { AWS_ENDPOINT_URL_EKS: endpoint });
    expect(type).toBe('Unreachable');
    expect(message).toMatch(/The EKS API could not be reached.*ECONNREFUSED.*AWS_ENDPOINT_URL_EKS/);
  });

  it('when the EKS endpoint never answers', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    const endpoint = await silentEndpoint('http', onTestFinished);
    const { type, message } = await ending(stage, { AWS_ENDPOINT_URL_EKS: endpoint });
    expect(type).toBe('Unreachable');
    expect(message).toMatch(/EKS API.*Check the worker's network/);
  });

  it('when nobody listens at the cluster’s Kubernetes endpoint', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    moveEndpoint(stage, `https://127.0.0.1:${closedPort}`);
    const { type, message, journal } = await ending(stage);
    expect(type).toBe('Unreachable');
    expect(message).toMatch(
      /The Kubernetes API of cluster .* could not be reached.*refuses the connection.*Check the route/,
    );
    expect(journal).toEqual([]);
  });

  it('when the cluster’s Kubernetes endpoint never answers', async ({ expect, onTestFinished }) => {
    const stage = await setStage(onTestFinished);
    moveEndpoint(stage, await silentEndpoint('https', onTestFinished));
    const { type, message, journal } = await ending(stage);
    expect(type).toBe('Unreachable');
    expect(message).toMatch(
      /The Kubernetes API of cluster .* could not be reached.*did not answer in time.*Check the route/,
    );
    expect(journal).toEqual([]);
  });
});

async function silentEndpoint(
  scheme: 'http' | 'https',
  onTestFinished: TestContext['onTestFinished'],
): Promise<string> {
  const { port, close } = await startSilence();
  onTestFinished(close);
  return `${scheme}://127.0.0.1:${port}`;
}

/** What DescribeCluster gives as the endpoint from now on. */
function moveEndpoint({ simulator }: Stage, url: string): void {
  const { certificateAuthorityPem } = simulator.cluster.infrastructure.endpoint();
  simulator.cluster.setEndpoint({ url, certificateAuthorityPem });
}
