import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { callAws } from '../platform/eks/callAws.ts';
import { createLoadBalancingClient } from '../platform/eks/client.ts';
import type { EksAccess, EksClientOptions } from '../platform/eks/client.ts';

type Options = { abortSignal: AbortSignal };

/** Makes calls to Elastic Load Balancing, and gives up a client whose credentials AWS has refused. */
export class AlbConnection {
  readonly #access: EksAccess;
  readonly #options: Partial<EksClientOptions>;
  #client: ElasticLoadBalancingV2Client | undefined;

  constructor(access: EksAccess, options: Partial<EksClientOptions> = {}) {
    this.#access = access;
    this.#options = options;
  }

  /**
   * Makes one call.
   *
   * @param action the operation's name
   * @param of what it is about, for messages: `listener rule arn:…`
   */
  async call<T>(
    action: string,
    of: string,
    signal: AbortSignal | undefined,
    send: (client: ElasticLoadBalancingV2Client, options: Options) => Promise<T>,
  ): Promise<T> {
    return callAws(
      { service: 'elasticloadbalancing', action, of },
      signal,
      (options) => {
        this.#client ??= createLoadBalancingClient(this.#access, this.#options);
        return send(this.#client, options);
      },
      () => {
        this.#client = undefined;
      },
    );
  }

  /** Reads all pages of a list. `page` makes one call and hands back its entries and where the next page begins. */
  async all<T>(
    action: string,
    of: string,
    signal: AbortSignal | undefined,
    page: (
      client: ElasticLoadBalancingV2Client,
      from: string | undefined,
      options: Options,
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
