import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EKSClient } from '@aws-sdk/client-eks';
import { callAws } from './callAws.ts';
import { createAutoScalingClient, createEksClient } from './client.ts';
import type { EksAccess, EksClientOptions } from './client.ts';
import type { EksCall } from './errors.ts';

/** How a call is made: with a client and the options to send with. */
export type Send<T, Client = EKSClient> = (
  client: Client,
  options: { abortSignal: AbortSignal },
) => Promise<T>;

/**
 * Makes calls to EKS about one cluster and says what went wrong in our own words. When AWS refuses the credentials the
 * client is given up, so that the next call starts from what the credential chain says then.
 */
export class EksConnection {
  readonly cluster: string;
  readonly #access: EksAccess;
  readonly #options: Partial<EksClientOptions>;
  #client: EKSClient | undefined;
  #autoScaling: AutoScalingClient | undefined;

  constructor(cluster: string, access: EksAccess, options: Partial<EksClientOptions> = {}) {
    this.cluster = cluster;
    this.#access = access;
    this.#options = options;
  }

  /** Calls about another cluster of the same account and region. */
  to(cluster: string): EksConnection {
    if (cluster === this.cluster) return this;
    const other = new EksConnection(cluster, this.#access, this.#options);
    other.#client = this.#client;
    return other;
  }

  /** Has the next call start from what the credential chain says then. */
  renew(): void {
    this.#client = undefined;
    this.#autoScaling = undefined;
  }

  /** The client of the moment. */
  get client(): EKSClient {
    this.#client ??= createEksClient(this.#access, this.#options);
    return this.#client;
  }

  /**
   * Makes one call.
   *
   * @param action the operation's name
   * @param of what of the cluster it is about, `node group blue`; undefined for the cluster itself
   */
  async call<T>(
    action: string,
    of: string | undefined,
    signal: AbortSignal | undefined,
    send: Send<T>,
  ): Promise<T> {
    const call: EksCall = { action, cluster: this.cluster, ...(of === undefined ? {} : { of }) };
    return this.#make(call, signal, (options) => send(this.client, options));
  }

  /** The same of EC2 Auto Scaling, which runs the machines of managed node groups. */
  async callAutoScaling<T>(
    action: string,
    of: string,
    signal: AbortSignal | undefined,
    send: Send<T, AutoScalingClient>,
  ): Promise<T> {
    const call: EksCall = { service: 'autoscaling', action, cluster: this.cluster, of };
    return this.#make(call, signal, (options) => {
      this.#autoScaling ??= createAutoScalingClient(this.#access, this.#options);
      return send(this.#autoScaling, options);
    });
  }

  async #make<T>(
    call: EksCall,
    signal: AbortSignal | undefined,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return callAws(call, signal, send, () => this.renew());
  }

  /** Reads all pages of a list. `page` makes one call and hands back its entries and the token of the next page. */
  async all<T>(
    action: string,
    of: string | undefined,
    signal: AbortSignal | undefined,
    page: (
      client: EKSClient,
      nextToken: string | undefined,
      options: { abortSignal: AbortSignal },
    ) => Promise<{ entries: T[] | undefined; nextToken: string | undefined }>,
  ): Promise<T[]> {
    const entries: T[] = [];
    let nextToken: string | undefined;
    do {
      const from = nextToken;
      const answer = await this.call(action, of, signal, (client, options) => page(client, from, options));
      entries.push(...(answer.entries ?? []));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined && nextToken !== '');
    return entries;
  }

  /** The region that calls go to. */
  async region(): Promise<string> {
    return this.call('DescribeCluster', undefined, undefined, (client) => client.config.region());
  }
}
