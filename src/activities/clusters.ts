import { StepladderError } from '../contract/errors.ts';
import type { ClusterIdentity } from '../contract/cluster.ts';
import type { ClusterReference } from '../contract/request.ts';
import { certificateAuthorityDigest, connectKubernetes } from '../kubernetes/connection.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { regionOfArn } from '../platform/eks/cluster.ts';
import { openEksPlatform } from '../platform/eks/eksPlatform.ts';
import type { Platform, PlatformCluster } from '../platform/platform.ts';
import type { ClusterContext } from './types.ts';

/** Both sides of one cluster: whoever runs it, and its Kubernetes API. */
export interface OpenCluster {
  platform: Platform;
  kubernetes: KubernetesConnection;
}

interface Entry extends OpenCluster {
  verifiedAt: number;
  usedAt: number;
}

/** An identity that was verified this long ago is verified again. Milliseconds. */
const verifyEveryMs = 2 * 60_000;
/** Connections that nobody has used for this long are closed. Milliseconds. */
const closeUnusedMs = 30 * 60_000;

/**
 * The connections of one process, by cluster and identity. Whoever asks for one gets it only if the cluster still is
 * the one that the upgrade has seen first (rule 20).
 */
export class Clusters {
  readonly #open: (cluster: ClusterReference) => Platform;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  /**
   * @param open makes the platform's side of a cluster
   * @param now monotonic milliseconds
   */
  constructor(
    open: (cluster: ClusterReference) => Platform = openEksPlatform,
    now: () => number = () => performance.now(),
  ) {
    this.#open = open;
    this.#now = now;
  }

  /** The platform's side of a cluster that nobody has identified yet. */
  platform(cluster: ClusterReference): Platform {
    return this.#open(cluster);
  }

  /**
   * Both sides of a cluster. Nothing is sent to the Kubernetes API for it.
   *
   * @throws StepladderError `WrongCluster`, and what describing the cluster throws
   */
  async open({ cluster, identity }: ClusterContext, signal?: AbortSignal): Promise<OpenCluster> {
    this.#closeUnused();
    const key = JSON.stringify([
      Object.entries(cluster).sort(([left], [right]) => (left < right ? -1 : 1)),
      identity.arn,
      identity.endpoint,
      identity.certificateAuthoritySha256,
    ]);
    const known = this.#entries.get(key);
    const now = this.#now();
    if (known !== undefined && now - known.verifiedAt < verifyEveryMs) {
      known.usedAt = now;
      return known;
    }
    // The request need not say the region: the first look has found it.
    const region = cluster.region ?? regionOfArn(identity.arn);
    const platform = known?.platform ?? this.#open(region === undefined ? cluster : { ...cluster, region });
    const described = await platform.describeCluster(signal);
    const found = identityOf(described);
    refuseOther(cluster.name, identity, found);
    const kubernetes = known?.kubernetes ?? (await connect(cluster, platform, described));
    if (cluster.context !== undefined && known === undefined) {
      await refuseOtherContext(cluster.context, identity, kubernetes, signal);
    }
    // Somebody else may have opened it at the same time: one of the two is enough.
    const raced = this.#entries.get(key);
    if (raced !== undefined && raced.kubernetes !== kubernetes) {
      await kubernetes.close();
      return raced;
    }
    const entry: Entry = { platform, kubernetes, verifiedAt: this.#now(), usedAt: this.#now() };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(({ kubernetes }) => kubernetes.close()));
  }

  #closeUnused(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#now() - entry.usedAt < closeUnusedMs) continue;
      this.#entries.delete(key);
      // Its failing to close concerns nobody any more.
      entry.kubernetes.close().catch(() => undefined);
    }
  }
}

/** What tells a cluster from every other. Throws `ClusterNotActive` for one that has no endpoint yet. */
export function identityOf(cluster: PlatformCluster): ClusterIdentity {
  const { arn, endpoint, certificateAuthorityPem } = cluster;
  if (endpoint === undefined || certificateAuthorityPem === undefined) {
    throw new StepladderError(
      'ClusterNotActive',
      `Cluster ${cluster.name} is ${cluster.status} and has no Kubernetes API yet. Start again when it is ACTIVE.`,
      { status: cluster.status },
    );
  }
  return {
    arn,
    endpoint,
    certificateAuthoritySha256: certificateAuthorityDigest(certificateAuthorityPem),
  };
}

/** Connects to the Kubernetes API by the request's context, or as the platform says. */
export async function connect(
  reference: ClusterReference,
  platform: Platform,
  described: PlatformCluster,
  ...retryPolicy: Parameters<typeof connectKubernetes> extends [unknown, ...infer Rest] ? Rest : never
): Promise<KubernetesConnection> {
  if (reference.context !== undefined) {
    return connectKubernetes({ context: reference.context }, ...retryPolicy);
  }
  const { endpoint, certificateAuthorityPem } = described;
  if (endpoint === undefined || certificateAuthorityPem === undefined) {
    throw new StepladderError('ClusterNotActive', `Cluster ${described.name} has no Kubernetes API.`);
  }
  const token = async () => (await platform.kubernetesToken()).token;
  return connectKubernetes({ endpoint, certificateAuthorityPem, token }, ...retryPolicy);
}

/** @throws StepladderError `WrongCluster` for a cluster that is not the one that was seen first */
export function refuseOther(name: string, expected: ClusterIdentity, found: ClusterIdentity): void {
  const differences = (
    [
      ['ARN', expected.arn, found.arn],
      ['endpoint', expected.endpoint, found.endpoint],
      [
        'certificate authority (sha-256)',
        expected.certificateAuthoritySha256,
        found.certificateAuthoritySha256,
      ],
    ] as const
  ).filter(([, was, is]) => was !== is);
  if (differences.length === 0) return;
  throw new StepladderError(
    'WrongCluster',
    `Cluster ${name} is not the one that this upgrade began with: ` +
      differences.map(([what, was, is]) => `its ${what} was ${was} and is ${is}`).join('; ') +
      '. Nothing was done to it. It was made anew, or the worker looks into another account: start a new upgrade once that is clear.',
    { expected, found },
  );
}

/**
 * A kubeconfig's context may go through a tunnel, so that its address says nothing. Its certificate authority must be
 * the cluster's, in the kubeconfig or, where that skips the check, as the cluster itself publishes it.
 */
export async function refuseOtherContext(
  context: string,
  identity: ClusterIdentity,
  kubernetes: KubernetesConnection,
  signal?: AbortSignal,
): Promise<void> {
  const found = kubernetes.identity();
  if (found.certificateAuthoritySha256 === identity.certificateAuthoritySha256) return;
  const published: unknown = await kubernetes.getJson(
    '/api/v1/namespaces/kube-system/configmaps/kube-root-ca.crt',
    { signal, what: "read the cluster's certificate authority (ConfigMap kube-system/kube-root-ca.crt)" },
  );
  const pem = textAt(published, 'data', 'ca.crt');
  if (pem !== undefined && certificateAuthorityDigest(pem) === identity.certificateAuthoritySha256) return;
  throw new StepladderError(
    'WrongCluster',
    `The kubeconfig's context "${context}" leads to ${found.endpoint}, which is not cluster ${identity.arn}: its certificate authority is another. Nothing was done to it. Give the right cluster.context, or leave it out.`,
    { context, expected: identity, found },
  );
}

function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (Reflect.get(at, key) as unknown) : undefined),
    value,
  );
  return typeof found === 'string' ? found : undefined;
}
