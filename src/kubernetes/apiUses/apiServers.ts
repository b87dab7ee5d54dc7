import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { unseenReason } from '../discovery.ts';
import { listObjects } from '../list.ts';

/** API servers renew their leases every 10 s; one that is this far behind the newest belongs to a server that is gone. */
const staleAfterMs = 60_000;

const leaseSchema = z
  .object({ spec: z.object({ renewTime: z.string().nullish() }).nullish() })
  .transform(({ spec }) => Date.parse(spec?.renewTime ?? ''));

/**
 * How many API servers run, by the leases that they keep of themselves (since Kubernetes 1.26); undefined where there
 * are none or they can't be read.
 */
export async function countApiServers(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<number | undefined> {
  try {
    const renewals = await listObjects(
      connection,
      '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases',
      leaseSchema,
      {
        name: 'leases.coordination.k8s.io',
        labelSelector: 'apiserver.kubernetes.io/identity=kube-apiserver',
        signal,
      },
    );
    const known = renewals.filter((time) => !Number.isNaN(time));
    const newest = Math.max(...known);
    const live = known.filter((time) => newest - time < staleAfterMs).length;
    return live === 0 ? undefined : live;
  } catch (error) {
    unseenReason(error);
    return undefined;
  }
}
