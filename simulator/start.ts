import { appendFileSync } from 'node:fs';
import type { AccessKey, CallInterruption, EksApi, MutationRecord } from '../eks-api/index.ts';
import { startEksApi } from '../eks-api/index.ts';
import type { Random } from '../eks-api/random.ts';
import { seededRandom } from '../eks-api/random.ts';
import { refusalOf } from '../eks-api/clusterToken.ts';
import type { SimulatedCredentials } from './cluster/credentials.ts';
import type { SimulatedCluster } from './cluster/cluster.ts';
import { SimulatedClusters } from './clusters.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addControlRoutes } from './control.ts';
import { addLoadBalancerRoutes } from './controlLoadBalancers.ts';
import type { IamApi } from '../iam-api/index.ts';
import { eksStateOf, eksTimingsOf } from '../scenario/eksState.ts';
import { startIamBeside } from './iam.ts';
import { LoadBalancers } from './loadBalancers.ts';
import { advertised, onPort } from './onPort.ts';

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
  /** The first cluster. */
  cluster: SimulatedCluster;
  /** All clusters, those that were created since among them. */
  clusters: SimulatedClusters;
  /** What EKS knows of the first cluster, for tests that look behind its API. */
  eks: EksApi['service'];
  /** EKS itself. */
  account: EksApi['account'];
  /** What IAM has, for tests that look behind its API. */
  iam: IamApi['store'];
  /** The load balancers in front of the clusters. */
  loadBalancers: LoadBalancers;
  /** Every mutation that has arrived, in order. */
  journal: readonly MutationRecord[];
  close(): Promise<void>;
}

/**
 * Starts a simulated cluster with its Kubernetes API (TLS) and the EKS API (plain HTTP, with STS and EC2 Auto Scaling beside it),
 * by which more clusters can be created, and the scenario's load balancers.
 *
 * @throws Error that names the port, where an explicit one is taken
 */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { scenario, host = '127.0.0.1', seed = 1 } = options;
  const served: { eks?: EksApi; iam?: IamApi; loadBalancers?: LoadBalancers } = {};
  const clusters: SimulatedClusters = new SimulatedClusters({
    scenario,
    seed,
    speed: options.speed,
    serve: {
      host,
      advertisedHost: options.advertisedHost,
      port: options.kubernetesPort,
      isGoodToken: (token) => isGoodToken(clusters, served.eks, token),
    },
  });
  const { cluster } = clusters.first;
  const accessKey = accessKeyOf(cluster);
  const journal: MutationRecord[] = [];
  const onMutation = (record: MutationRecord): void => {
    journal.push(record);
    // Before the request is answered, so that nothing is missing when the process is killed.
    if (options.journalFile !== undefined) appendFileSync(options.journalFile, `${JSON.stringify(record)}\n`);
  };
  const interruptions = interruptionsOf(clusters, seededRandom(seed));
  const close = async (): Promise<void> => {
    await served.loadBalancers?.close();
    await served.iam?.close();
    await served.eks?.close();
    await clusters.close();
  };
  try {
    const kubernetesUrl = await clusters.first.start();
    const denied = new Set<string>();
    const isDenied = (operation: string): boolean => denied.has(operation);
    const credentialsExpired = (): boolean => cluster.faults.credentialsRefused();
    const eks = await onPort('EKS API', options.eksPort, host, (port) =>
      startEksApi({
        state: eksStateOf(scenario, cluster.clock.now()),
        infrastructure: cluster.infrastructure,
        timings: eksTimingsOf(scenario.timings),
        seed,
        accessKeys: [accessKey],
        host,
        port,
        factory: clusters,
        end: () => clusters.endFirst(),
        onCall: interruptions,
        updateFault: (kind, name) => cluster.faults.updateError(kind, name),
        credentialsExpired,
        isDenied,
        onMutation,
        extend: (server, account) => {
          addControlRoutes(server, { clusters, account, journal, denied });
          addLoadBalancerRoutes(server, { clusters, loadBalancers: () => served.loadBalancers });
        },
      }),
    );
    served.eks = eks;
    const iam = await startIamBeside(eks, scenario, {
      host,
      onCall: interruptionsOf(clusters, seededRandom(seed + 1)),
      credentialsExpired,
      isDenied,
      onMutation,
    });
    served.iam = iam;
    const loadBalancers = await LoadBalancers.start({
      scenario,
      clusters,
      host,
      accessKeys: eks.accessKeys,
      onCall: interruptions,
      credentialsExpired,
      isDenied,
      onMutation,
    });
    served.loadBalancers = loadBalancers;
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
        AWS_ENDPOINT_URL_IAM: advertised(iam.url, options.advertisedHost),
        AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: advertised(loadBalancers.api.url, options.advertisedHost),
        AWS_ACCESS_KEY_ID: accessKey.accessKeyId,
        AWS_SECRET_ACCESS_KEY: accessKey.secretAccessKey,
        AWS_REGION: scenario.cluster.region,
      },
      cluster,
      clusters,
      eks: eks.service,
      account: eks.account,
      iam: iam.store,
      loadBalancers,
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
function isGoodToken(clusters: SimulatedClusters, eks: EksApi | undefined, token: string): boolean {
  if (eks === undefined || clusters.first.cluster.faults.credentialsRefused()) return false;
  return refusalOf(token, { credentials: eks.accessKeys.current(), staticTokens: [] }) === undefined;
}

/** The scenario's faults in the terms of the EKS API. Half of the resets come before a call is handled, half after. */
function interruptionsOf(
  clusters: SimulatedClusters,
  random: Random,
): (operation: string, about?: string) => CallInterruption | undefined {
  return (operation, about) => {
    const fault = clusters.faultsOf(about).onCall('eks', operation);
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
