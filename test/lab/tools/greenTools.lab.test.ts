import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubernetesClient } from '../../../lab/cluster/kubernetesClient.ts';
import { startTemporaryLab } from '../../../lab/temporaryLab.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { installGreenToolsActivity } from '../../../src/activities/migration/installGreenTools.ts';
import type { Clusters } from '../../../src/activities/clusters.ts';
import type { ClusterContext } from '../../../src/activities/types.ts';
import type { ToolChange } from '../../../src/contract/tools.ts';
import { connectKubernetes } from '../../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { findHelm } from '../../../src/tools/helm/binary.ts';
import type { HelmProgram } from '../../../src/tools/helm/binary.ts';
import { upgradeRelease } from '../../../src/tools/helm/bringRelease.ts';
import { withKubeconfig } from '../../../src/tools/helm/kubeconfig.ts';
import { releaseState, releaseValues } from '../../../src/tools/helm/releases.ts';
import { eventually } from '../../processes/patience.ts';
import { webChart, writeFiles } from '../../tools/charts/madeCharts.ts';
import { deschedulerChart, externalDnsChart } from './realCharts.ts';

const madeBy = 'migrate-prod';

interface Side {
  context: ClusterContext;
  connection: KubernetesConnection;
  client: KubernetesClient;
}

describe('installing tools on a second real cluster, with the real helm', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  const sides = new Map<string, Side>();
  let folder: string;
  let helm: HelmProgram;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-green-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    helm = await findHelm({ log: (line) => console.error(`[helm] ${line}`) });
    for (const name of ['prod', 'prod-1-33']) sides.set(name, await startSide(name));
  }, 20 * 60_000);
  afterAll(async () => {
    for (const clean of cleanups.reverse()) await clean();
  }, 60_000);

  async function startSide(name: string): Promise<Side> {
    const lab = await startTemporaryLab(
      parseScenario({
        cluster: { name, version: '1.33' },
        speed: 60,
        nodeGroups: [{ name: 'general', size: 1 }],
      }),
    );
    cleanups.push(() => lab.close());
    const { kubernetesUrl: url, certificateAuthorityPem, adminToken: token } = lab;
    const client = new KubernetesClient({ url, certificateAuthorityPem, token });
    cleanups.push(() => client.close());
    const connection = await connectKubernetes({
      endpoint: url,
      certificateAuthorityPem,
      token: async () => token,
    });
    cleanups.push(() => connection.close());
    const identity = { arn: `arn:${name}`, endpoint: url, certificateAuthoritySha256: '' };
    return { context: { cluster: { name }, identity, evidencePrefix: name }, connection, client };
  }

  const side = (name: 'prod' | 'prod-1-33'): Side => {
    const found = sides.get(name);
    if (found === undefined) throw new Error(`${name} has not been started`);
    return found;
  };
  const clusters = {
    open: async ({ cluster }: ClusterContext) => ({
      kubernetes: side(cluster.name as 'prod').connection,
    }),
  } as unknown as Clusters;

  const change = (
    tool: string,
    path: string,
    version: string,
    more: Partial<ToolChange> = {},
  ): ToolChange => ({
    ...{ tool, release: tool, namespace: 'tools', source: { path }, driver: { by: 'helm' } },
    ...{ to: { version }, values: [], renderedSha256: '' },
    crds: { policy: 'refuse', verdict: 'none', applied: [] },
    ...more,
  });
  const install = (...tools: ToolChange[]) =>
    installGreenToolsActivity({
      clusters,
      env: process.env,
      log: { warn: () => undefined },
    }).installGreenTools({
      sides: { blue: side('prod').context, green: side('prod-1-33').context },
      stage: { stage: 'green-tools', cluster: 'prod-1-33', tools },
      madeBy,
    });
  const onBlue = (tool: ToolChange, values: string[]) =>
    upgradeRelease(
      { helm, connection: side('prod').connection },
      { change: { ...tool, values }, description: 'By hand', timeoutMs: 30_000 },
    );
  const onGreen = <T>(use: (on: Parameters<typeof releaseState>[0]) => Promise<T>): Promise<T> =>
    withKubeconfig(side('prod-1-33').connection, undefined, (access) => use({ helm, access }));
  const green = <T>(path: string): Promise<T | undefined> => side('prod-1-33').client.find<T>(path);

  /** Names of the Pods that have been in the tools' namespace, those that are gone again included. */
  function followPods(): { until: (name: string) => Promise<string[]> } {
    const { client } = side('prod-1-33');
    const path = '/api/v1/namespaces/tools/pods';
    const names = new Set<string>();
    const stop = new AbortController();
    const followed = client.watch(path, ({ metadata }) => names.add(metadata.name), stop.signal);
    return {
      /** Makes a Pod itself: once that is told of, so is all that was there before. */
      async until(name) {
        try {
          await eventually('a Pod of our own', async () => {
            await client.ensure(path, {
              ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
              spec: { nodeSelector: { none: 'such' }, containers: [{ name, image: 'example.org/last' }] },
            });
            return names.has(name);
          });
        } finally {
          stop.abort();
          await followed;
          await client.remove(`${path}/${name}`);
        }
        return [...names];
      },
    };
  }

  it('takes over the values of the old cluster, and no Pod of external-dns is ever made', async () => {
    const file = join(folder, 'external-dns.yaml');
    await writeFile(file, 'policy: upsert-only\ntxtOwnerId: prod\nclusterName: prod\n');
    await onBlue(change('external-dns', await externalDnsChart('1.20.0'), '1.20.0'), [file]);
    const wanted = change('external-dns', await externalDnsChart('1.21.1'), '1.21.1');
    const pods = followPods();
    expect(await install(wanted)).toEqual({ installed: ['external-dns'] });
    expect(await pods.until('last')).toEqual(['last']);

    expect(await onGreen((on) => releaseState(on, wanted))).toMatchObject({
      status: 'deployed',
      chart: { version: '1.21.1' },
      description: `Stepladder: 1.21.1 for a new cluster (${madeBy})`,
    });
    expect(JSON.parse(await onGreen((on) => releaseValues(on, wanted)))).toEqual({
      policy: 'upsert-only',
      txtOwnerId: 'prod',
      clusterName: 'prod-1-33',
    });
    const deployment = await green<{
      metadata: { annotations: Record<string, string> };
      spec: { replicas: number };
    }>('/apis/apps/v1/namespaces/tools/deployments/external-dns');
    expect(deployment?.spec.replicas).toBe(0);
    expect(JSON.parse(deployment?.metadata.annotations['stepladder/held'] ?? '')).toEqual({
      by: madeBy,
      before: { replicas: 1 },
    });
    expect(await green('/api/v1/namespaces/tools/resourcequotas/stepladder-no-pods-yet')).toBeUndefined();
    const crd = await green<{ status: { conditions: { type: string; status: string }[] } }>(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/dnsendpoints.externaldns.k8s.io',
    );
    expect(crd?.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Established', status: 'True' }),
    );
    // Once more, as after a worker that was lost.
    expect(await install(wanted)).toEqual({ installed: [] });
  });

  it('has a CronJob of a tool stand still, with values of the request on top', async () => {
    const file = join(folder, 'descheduler.yaml');
    await writeFile(file, 'schedule: "*/7 * * * *"\n');
    const wanted = change('descheduler', await deschedulerChart(), '0.35.0', { values: [file] });
    expect(await install(wanted)).toEqual({ installed: ['descheduler'] });
    expect(await green('/apis/batch/v1/namespaces/tools/cronjobs/descheduler')).toMatchObject({
      metadata: {
        annotations: { 'stepladder/held': JSON.stringify({ by: madeBy, before: { suspend: false } }) },
      },
      spec: { suspend: true, schedule: '*/7 * * * *' },
    });
  });

  it('refuses a controller that would take itself for the old cluster’s, and installs nothing of it', async () => {
    const chart = await writeFiles(join(folder, 'balancer'), {
      ...webChart('1.0.0'),
      'templates/controller.yaml': controller,
    });
    const wanted = change('balancer', chart, '1.0.0');
    await expect(install(wanted)).rejects.toMatchObject({
      type: 'ToolRefused',
      message: expect.stringMatching(/balancer could not be installed on prod-1-33.*--cluster-name/),
    });
    expect(await onGreen((on) => releaseState(on, wanted))).toBeUndefined();
  });

  it('tells helm’s words when it fails', async () => {
    const chart = await writeFiles(join(folder, 'broken'), {
      ...webChart('1.0.0'),
      'templates/bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "Not A Name" }\n',
    });
    await expect(install(change('broken', chart, '1.0.0'))).rejects.toMatchObject({
      type: 'ToolFailed',
      message: expect.stringMatching(/broken could not be installed on prod-1-33.*Not A Name/),
    });
  });
});

const controller = `apiVersion: apps/v1
kind: Deployment
metadata: { name: balancer }
spec:
  selector: { matchLabels: { app: balancer } }
  template:
    metadata: { labels: { app: balancer } }
    spec:
      containers: [{ name: balancer, image: example.org/balancer, args: ["--cluster-name=prod"] }]
`;
