import { StepladderError } from '../contract/errors.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import type { ClusterIdentity } from '../contract/cluster.ts';
import type { ClusterReference } from '../contract/request.ts';
import { serverVersion } from '../kubernetes/version.ts';
import type { RetryPolicy } from '../kubernetes/retryPolicy.ts';
import type { Platform, PlatformCluster, PlatformUpdate } from '../platform/platform.ts';
import { connect, identityOf, refuseOtherContext } from './clusters.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { activityScope } from './scope.ts';
import type { Activities } from './types.ts';

/** A person waits for this answer: an API that can't be reached is told within seconds. */
const impatient: RetryPolicy = { tries: 4, firstDelayMs: 200, longestDelayMs: 1_000, giveUpAfterMs: 5_000 };
const answerWithinMs = 10_000;

/** The first look at a cluster: which one it is, and whether it can be upgraded at all. */
export function identifyActivity({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<Activities, 'identifyCluster'> {
  return {
    async identifyCluster({ cluster }) {
      const { signal } = activityScope();
      const platform = clusters.platform(cluster);
      const described = await platform.describeCluster(signal);
      await refuseInactive(platform, described, signal);
      const identity = identityOf(described);
      await tryKubernetes(cluster, platform, described, identity, signal);
      return { identity, version: described.version, region: described.region };
    },
  };
}

/**
 * Only an ACTIVE cluster is begun with. One exception: EKS is at an update of its version already, which an upgrade
 * that was started anew goes on with (or, if it is somebody else's upgrade, is refused for by the lock).
 */
async function refuseInactive(
  platform: Platform,
  cluster: PlatformCluster,
  signal: AbortSignal,
): Promise<void> {
  const { name, status } = cluster;
  if (status === 'ACTIVE') return;
  if (status !== 'UPDATING') {
    throw new StepladderError(
      'ClusterNotActive',
      `Cluster ${name} is ${status}, and only an ACTIVE one can be upgraded. Nothing was touched. ${adviceFor(status)}`,
      { status },
    );
  }
  const updates = await platform.findUpdatesInProgress({ kind: 'control-plane' }, signal);
  if (updates.some(({ changes }) => changes === 'version')) return;
  const busyWith = updates.map(describeUpdate).join(', ');
  throw new StepladderError(
    'ClusterNotActive',
    `Cluster ${name} is UPDATING${busyWith === '' ? '' : `: EKS is at ${busyWith}`}. Nothing was touched. Start again when that has ended (DescribeUpdate tells) and the cluster is ACTIVE.`,
    { status, updates: updates.map(({ id, type }) => ({ id, type })) },
  );
}

function adviceFor(status: string): string {
  switch (status) {
    case 'CREATING':
    case 'PENDING':
      return 'Start again when it is there.';
    case 'FAILED':
      return 'Its health issues in the EKS console say why; mend that first.';
    default:
      return 'Check that it is the right one.';
  }
}

/** `VersionUpdate 1f2e… to 1.32`. */
export function describeUpdate({ type, id, to }: Pick<PlatformUpdate, 'type' | 'id' | 'to'>): string {
  return `${type} ${id}${to === undefined ? '' : ` to ${to}`}`;
}

/**
 * Whoever may not list nodes is known to the cluster all the same; what is missing is told with all the rest when the
 * cluster is observed.
 */
async function tryNodes(kubernetes: KubernetesConnection, signal: AbortSignal): Promise<void> {
  try {
    await kubernetes.getJson('/api/v1/nodes', { query: { limit: 1 }, signal, what: 'list nodes' });
  } catch (error) {
    if (!(error instanceof StepladderError) || error.details['code'] !== 403) throw error;
  }
}

/** Does its Kubernetes API answer, and does it let us in? */
async function tryKubernetes(
  cluster: ClusterReference,
  platform: Platform,
  described: PlatformCluster,
  identity: ClusterIdentity,
  signal: AbortSignal,
): Promise<void> {
  const kubernetes = await connect(cluster, platform, described, impatient);
  const deadline = AbortSignal.timeout(answerWithinMs);
  const either = AbortSignal.any([signal, deadline]);
  try {
    await serverVersion(kubernetes, either);
    // Anybody may ask for the version; this needs credentials that the cluster knows.
    await tryNodes(kubernetes, either);
    if (cluster.context !== undefined) {
      await refuseOtherContext(cluster.context, identity, kubernetes, either);
    }
  } catch (error) {
    const trouble =
      deadline.aborted && !signal.aborted
        ? `did not answer within ${answerWithinMs / 1000} s. Check the route from the worker to it (private endpoint, security groups, VPN, proxy).`
        : error instanceof StepladderError && error.type === 'Unreachable'
          ? `could not be reached. ${error.message}`
          : undefined;
    if (trouble === undefined) throw error;
    const { endpoint } = kubernetes.identity();
    throw new StepladderError(
      'Unreachable',
      `The Kubernetes API of cluster ${cluster.name} at ${endpoint} ${trouble}`,
      { endpoint },
    );
  } finally {
    await kubernetes.close();
  }
}
