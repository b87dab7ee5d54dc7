import { appendFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { AccessKey, EksApi, MutationRecord } from '../eks-api/index.ts';
import { startEksApi } from '../eks-api/index.ts';
import { describeClusterRecord } from '../eks-api/operations/describeCluster.ts';
import { startIamApi } from '../iam-api/index.ts';
import { eksStateOf } from '../scenario/eksState.ts';
import { iamStateOf } from '../scenario/iamState.ts';
import type { Manifest } from '../scenario/manifest.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ControlPlaneBinaries } from './binaries/types.ts';
import type { KubernetesClient } from './cluster/kubernetesClient.ts';
import { LabCluster } from './cluster/labCluster.ts';
import type { Machines } from './cluster/machines.ts';
import { scaledEksTimings } from './cluster/scaledTimings.ts';
import type { Component } from './controlPlane/component.ts';
import type { LabControlPlane } from './controlPlane/controlPlane.ts';
import type { LabIdentity } from './controlPlane/tokenWebhook.ts';
import { LabClusters } from './clusters.ts';
import { keyOfToken } from './identities.ts';
import { LabLoadBalancers } from './loadBalancers.ts';

export interface LabOptions {
  /** What the cluster starts with; the control plane's minor version is the scenario's. */
  scenario: Scenario;
  /** Folder of its own, which is removed at the end. */
  folder: string;
  /** Scenario seconds in a real one. Durations are divided by it; clocks stay real. The scenario's unless given. */
  speed?: number;
  /** Any free one unless given. */
  eksPort?: number;
  /** Any free one unless given. */
  kubernetesPort?: number;
  /** File to which every mutation of EKS is appended, one JSON object a line. */
  journalFile?: string;
  binaries: { controlPlane: (minor: string) => Promise<ControlPlaneBinaries>; etcd: string; kwok: string };
  /** Told what runs whenever that changes, from the first program on. */
  onComponents?: (components: Component[]) => void;
  log: (line: string) => void;
}

/** A lab that is up. */
export interface RunningLab {
  eksUrl: string;
  kubernetesUrl: string;
  certificateAuthorityPem: string;
  /** What the environment of a worker must hold to talk to it: the credentials of the role that `deploy/` describes. */
  environment: Record<string, string>;
  /** Bearer token of the group system:masters. */
  adminToken: string;
  controlPlane: LabControlPlane;
  /** The nodes' machines, for tests that silence a kubelet. */
  machines: Machines;
  /** In front of the clusters, as far as the scenario has some. */
  loadBalancers: LabLoadBalancers;
  /** What EKS knows of the first cluster, for tests that look behind its API. */
  eks: EksApi['service'];
  /** The credentials that are known, to which a test may add. */
  accessKeys: EksApi['accessKeys'];
  journal: readonly MutationRecord[];
  /** Everything that runs: the parts of each cluster's control plane, and KWOK for each. */
  components(): Component[];
  /** Resolves when a part has ended by itself, with which, and its last lines. */
  failed: Promise<string>;
  close(): Promise<void>;
}

/** Pods of the scenario have to be Ready by then, whatever the speed. */
const settleLimitMs = 300_000;
const seed = 1;
/** The role that the worker's credentials are of, and the group that its access entry names. */
const workerRole = 'stepladder';

/** What is granted to the worker, for cluster tools and migrations too. */
const deployed = ['cluster-role.yaml', 'cluster-role-tools.yaml', 'cluster-role-migration.yaml'].map((file) =>
  join(import.meta.dirname, '..', 'deploy', 'kubernetes', file),
);

/**
 * Starts a control plane of real programs, nodes and Pods by KWOK, what the scenario holds, and the EKS API in front of
 * it. Resolves when all Pods that can be Ready are.
 */
export async function startLab(options: LabOptions): Promise<RunningLab> {
  const cleanups: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      for (const clean of cleanups.reverse()) await clean();
    })());
  try {
    return await start(options, cleanups, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: LabOptions,
  cleanups: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<RunningLab> {
  const { scenario, folder, binaries, log, speed = scenario.speed } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const { account, region } = scenario.cluster;
  const keys = {
    worker: accessKeyOf('WORKER', `arn:aws:iam::${account}:role/${workerRole}`),
    administrator: accessKeyOf('ADMIN', `arn:aws:iam::${account}:role/administrator`),
  };
  /** Asked by the API servers' webhook, which is there before EKS is. */
  const served: { eks?: EksApi; loadBalancers?: LabLoadBalancers } = {};
  const known = (): readonly AccessKey[] => served.eks?.accessKeys.current() ?? Object.values(keys);

  const components = (): Component[] => [...cluster.components(), ...created.components()];
  const onChange = (): void => options.onComponents?.(components());
  const shared = { scenario, speed, seed, binaries, onChange, log };
  const cluster: LabCluster = new LabCluster({
    ...shared,
    folder,
    port: options.kubernetesPort,
    authenticate: (token) => identityOf(token, known(), keys),
    furnish: bindWorker,
    settleLimitMs,
  });
  let tellFailure: (what: string) => void = () => undefined;
  const failed = new Promise<string>((resolve) => {
    tellFailure = resolve;
  });
  void cluster.failed.then(tellFailure);
  const created: LabClusters = new LabClusters({
    ...shared,
    folder,
    keys: known,
    service: (name) => served.eks?.account.peek(name),
    onCluster: async (name, client) => {
      if (client === undefined) await served.loadBalancers?.forget(name);
      else served.loadBalancers?.follow(name, client);
    },
    onFailure: tellFailure,
  });
  cleanups.push(
    () => cluster.close(),
    () => created.close(),
  );
  await cluster.start();
  const { controlPlane, machines } = cluster.parts;

  const journal: MutationRecord[] = [];
  const onMutation = (record: MutationRecord): void => {
    journal.push(record);
    // Before the request is answered, so that nothing is missing when the process is killed.
    if (options.journalFile !== undefined) appendFileSync(options.journalFile, `${JSON.stringify(record)}\n`);
  };
  const eks = await startEksApi({
    state: eksStateOf(scenario, new Date()),
    infrastructure: cluster.infrastructure,
    factory: created,
    end: async () => {
      await served.loadBalancers?.forget(scenario.cluster.name);
      await cluster.close();
    },
    timings: scaledEksTimings(scenario.timings, speed),
    seed,
    accessKeys: Object.values(keys),
    ...(options.eksPort === undefined ? {} : { port: options.eksPort }),
    onMutation,
  });
  served.eks = eks;
  const { url, service } = eks;
  cleanups.push(() => eks.close());
  const { accessKeys } = eks;
  const issuer = describeClusterRecord(service).identity?.oidc?.issuer ?? '';
  const iam = await startIamApi({ setup: iamStateOf(scenario, issuer), accessKeys, onMutation });
  cleanups.push(() => iam.close());
  const loadBalancers = await LabLoadBalancers.start({ scenario, speed, accessKeys, onMutation });
  served.loadBalancers = loadBalancers;
  cleanups.push(() => loadBalancers.close());
  loadBalancers.follow(scenario.cluster.name, cluster.parts.client);
  return {
    eksUrl: url,
    kubernetesUrl: controlPlane.url,
    certificateAuthorityPem: controlPlane.certificateAuthorityPem,
    environment: {
      AWS_ENDPOINT_URL_EC2: url,
      AWS_ENDPOINT_URL_EKS: url,
      AWS_ENDPOINT_URL_AUTO_SCALING: url,
      AWS_ENDPOINT_URL_STS: url,
      AWS_ENDPOINT_URL_IAM: iam.url,
      AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: loadBalancers.api.url,
      AWS_ACCESS_KEY_ID: keys.worker.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.worker.secretAccessKey,
      AWS_REGION: region,
    },
    adminToken: controlPlane.adminToken,
    controlPlane,
    machines,
    loadBalancers,
    eks: service,
    accessKeys,
    journal,
    components,
    failed,
    close,
  };
}

function accessKeyOf(name: string, principalArn: string): AccessKey {
  return {
    accessKeyId: `AKIALAB${name}EXAMPLE`,
    secretAccessKey: `lab-${name.toLowerCase()}-secret-access-key-worth-nothing`,
    principalArn,
  };
}

/** As an access entry of EKS has it: the worker's role in its group, the administrator's in system:masters. */
function identityOf(
  token: string,
  known: readonly AccessKey[],
  keys: { worker: AccessKey; administrator: AccessKey },
): LabIdentity | undefined {
  const key = keyOfToken(token, known);
  if (key === undefined) return undefined;
  const username = key.principalArn;
  if (key.accessKeyId === keys.administrator.accessKeyId) return { username, groups: ['system:masters'] };
  // A role that was assumed has the name of the role in its ARN, too.
  return { username, groups: username.includes(`role/${workerRole}`) ? [workerRole] : [] };
}

/** Grants the worker's group what `deploy/` says that it needs. */
async function bindWorker(client: KubernetesClient): Promise<void> {
  for (const file of deployed) {
    for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
      const manifest = document.toJS() as Manifest;
      await client.ensure(`/apis/${manifest.apiVersion}/${manifest.kind.toLowerCase()}s`, manifest);
    }
  }
}
