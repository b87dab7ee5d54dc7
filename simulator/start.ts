import { appendFileSync } from 'node:fs';
import type { AccessKey, CallInterruption, EksApi, MutationRecord } from '../eks-api/index.ts';
import { startEksApi } from '../eks-api/index.ts';
import type { Random } from '../eks-api/random.ts';
import { seededRandom } from '../eks-api/random.ts';
import { refusalOf } from '../eks-api/clusterToken.ts';
import type { SimulatedCredentials } from './cluster/credentials.ts';
import type { SimulatedCluster } from './cluster/cluster.ts';
import { createSimulatedCluster } from './cluster/cluster.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addControlRoutes } from './control.ts';
import { eksStateOf, eksTimingsOf } from '../scenario/eksState.ts';
import type { KubernetesApi } from './kube-api/index.ts';
import { startKubernetesApi } from './kube-api/index.ts';

export interface SimulatorOptions {
  scenario: Scenario;
  /** Simulated seconds in a real one; the scenario's unless given. */
  speed?: number;
  /** Address to listen on; `127.0.0.1` unless given. */
  host?: string;
  /** Name by which others reach this machine, where it is not `host`: it is what they are told. */
  advertisedHost?: string;
  /** Any free one unless given. */
  eksPort?: number;
  /** Any free one unless given. */
  kubernetesPort?: number;
  /** File to which every mutation is appended, one JSON object a line. */
  journalFile?: string;
  /** Of names, faults and everything else that is random. */
  seed?: number;
}

/** A simulated cluster that is being served. */
export interface RunningSimulator {
  eksUrl: string;
  kubernetesUrl: string;
  /** The AWS credentials that it takes; worth nothing anywhere else. */
  credentials: SimulatedCredentials;
  /** What the environment of a process must hold to talk to it. */
  environment: Record<string, string>;
  cluster: SimulatedCluster;
  /** EKS itself, for tests that look behind its API. */
  eks: EksApi['service'];
  /** Every mutation that has arrived, in order. */
  journal: readonly MutationRecord[];
  close(): Promise<void>;
}

/**
 * Starts a simulated cluster with its Kubernetes API (TLS) and the EKS API (plain HTTP, with STS and EC2 Auto Scaling beside it).
 *
 * @throws Error that names the port, where an explicit one is taken
 */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { scenario, host = '127.0.0.1', seed = 1 } = options;
  const cluster = createSimulatedCluster(scenario, {
    seed,
    ...(options.speed === undefined ? {} : { speed: options.speed }),
  });
  const accessKey = accessKeyOf(cluster);
  const journal: MutationRecord[] = [];
  let kubernetes: KubernetesApi | undefined;
  let eks: EksApi | undefined;
  const close = async (): Promise<void> => {
    await eks?.close();
    await kubernetes?.close();
    cluster.close();
  };
  try {
    kubernetes = await onPort('Kubernetes API', options.kubernetesPort, host, (port) =>
      startKubernetesApi({
        backend: { ...cluster, authenticate: (token) => isGoodToken(cluster, eks, token) },
        host,
        port,
        ...(options.advertisedHost === undefined ? {} : { certificateNames: [options.advertisedHost] }),
      }),
    );
    const kubernetesUrl = advertised(kubernetes.url, options.advertisedHost);
    const { certificateAuthorityPem } = kubernetes;
    cluster.setEndpoint({ url: kubernetesUrl, certificateAuthorityPem });
    await cluster.start();
    const denied = new Set<string>();
    eks = await onPort('EKS API', options.eksPort, host, (port) =>
      startEksApi({
        state: eksStateOf(scenario, cluster.clock.now()),
        infrastructure: cluster.infrastructure,
        timings: eksTimingsOf(scenario.timings),
        seed,
        accessKeys: [accessKey],
        host,
        port,
        onCall: interruptionsOf(cluster, seededRandom(seed)),
        updateFault: (kind, name) => cluster.faults.updateError(kind, name),
        credentialsExpired: () => cluster.faults.credentialsRefused(),
        isDenied: (operation) => denied.has(operation),
        onMutation: (record) => {
          journal.push(record);
          if (options.journalFile !== undefined) {
            // Before the request is answered, so that nothing is missing when the process is killed.
            appendFileSync(options.journalFile, `${JSON.stringify(record)}\n`);
          }
        },
        extend: (server, service) => addControlRoutes(server, { cluster, service, journal, denied }),
      }),
    );
    const eksUrl = advertised(eks.url, options.advertisedHost);
    return {
      eksUrl,
      kubernetesUrl,
      credentials: cluster.credentials,
      environment: {
        AWS_ENDPOINT_URL_EC2: eksUrl,
        AWS_ENDPOINT_URL_EKS: eksUrl,
        AWS_ENDPOINT_URL_AUTO_SCALING: eksUrl,
        AWS_ENDPOINT_URL_STS: eksUrl,
        AWS_ACCESS_KEY_ID: accessKey.accessKeyId,
        AWS_SECRET_ACCESS_KEY: accessKey.secretAccessKey,
        AWS_REGION: scenario.cluster.region,
      },
      cluster,
      eks: eks.service,
      journal,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function accessKeyOf({ credentials, scenario }: SimulatedCluster): AccessKey {
  return { ...credentials, principalArn: `arn:aws:iam::${scenario.cluster.account}:user/simulated` };
}

/** A token made with the credentials of an assumed role is good as well. */
function isGoodToken(cluster: SimulatedCluster, eks: EksApi | undefined, token: string): boolean {
  if (cluster.authenticate(token)) return true;
  if (eks === undefined || cluster.faults.credentialsRefused()) return false;
  return refusalOf(token, { credentials: eks.accessKeys.current(), staticTokens: [] }) === undefined;
}

/** The scenario's faults in the terms of the EKS API. Half of the resets come before a call is handled, half after. */
function interruptionsOf(
  cluster: SimulatedCluster,
  random: Random,
): (operation: string) => CallInterruption | undefined {
  return (operation) => {
    const fault = cluster.faults.onCall('eks', operation);
    switch (fault?.kind) {
      case 'status':
        return fault;
      case 'reset':
        return { kind: 'reset', when: random() < 0.5 ? 'before' : 'after' };
      case 'drop-watch':
      case undefined:
        return undefined;
    }
  };
}

async function onPort<T>(
  what: string,
  port: number | undefined,
  host: string,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(port ?? 0);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EADDRINUSE' ? 'is taken by another program' : 'may not be used without privileges';
    throw new Error(
      `Port ${port ?? 0} of ${host}, asked for by the simulated ${what}, ${why}. Choose another one, or leave it out for any that is free.`,
      { cause: error },
    );
  }
}

function advertised(url: string, host: string | undefined): string {
  if (host === undefined) return url;
  const { protocol, port } = new URL(url);
  return `${protocol}//${host}:${port}`;
}
