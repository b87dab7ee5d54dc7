import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createLoadBalancingClient } from '../platform/eks/client.ts';
import type { EksAccess, EksClientOptions } from '../platform/eks/client.ts';
import { ServiceConnection } from '../platform/eks/serviceConnection.ts';
import type { CallOptions } from '../platform/eks/serviceConnection.ts';

/** Makes calls to Elastic Load Balancing. */
export class AlbConnection extends ServiceConnection<ElasticLoadBalancingV2Client> {
  constructor(access: EksAccess, options: Partial<EksClientOptions> = {}) {
    super('elasticloadbalancing', () => createLoadBalancingClient(access, options));
  }

  /** Reads all pages of a list. `page` makes one call and hands back its entries and where the next page begins. */
  async all<T>(
    action: string,
    of: string,
    signal: AbortSignal | undefined,
    page: (
      client: ElasticLoadBalancingV2Client,
      from: string | undefined,
      options: CallOptions,
    ) => Promise<{ entries: T[] | undefined; next: string | undefined }>,
  ): Promise<T[]> {
    const entries: T[] = [];
    let next: string | undefined;
    do {
      const from = next;
      const answer = await this.call(action, of, signal, (client, options) => page(client, from, options));
      entries.push(...(answer.entries ?? []));
      next = answer.next;
    } while (next !== undefined && next !== '');
    return entries;
  }
}
