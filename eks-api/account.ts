import { BackgroundWork } from './backgroundWork.ts';
import { clusterInArn } from './clusterOfCall.ts';
import { EksError } from './errors.ts';
import type { ClusterFactory, InfrastructureClock } from './infrastructure.ts';
import { RequestTokens } from './requestTokens.ts';
import { EksService } from './service.ts';
import type { EksServiceOptions } from './service.ts';
import type { EksLaunchTemplateState, EksSubnetState } from './state.ts';

/** A subnet that some cluster has been made with. */
export type AccountSubnet = EksSubnetState & { vpcId: string };

/** What the account's clusters share, besides those that are there from the start. */
export interface EksAccountOptions {
  /** Makes the clusters that CreateCluster asks for; without it they are refused. */
  factory?: ClusterFactory;
  /** Clusters that are there from the start besides the first, of the same account. */
  moreClusters?: EksServiceOptions[];
}

/** An AWS account with its clusters, in whatever state they are. */
export class EksAccount {
  /** 12 digits. */
  readonly id: string;
  readonly clock: InfrastructureClock;
  readonly factory: ClusterFactory | undefined;
  /** What each new cluster's record is made with, besides what is its own. */
  readonly shared: Pick<EksServiceOptions, 'timings' | 'maxKubeletLag'> & { seed: number };
  /** Launch templates that node groups have been made with. */
  readonly launchTemplates: EksLaunchTemplateState[] = [];
  /** Answers to CreateCluster; those to other operations are kept with their cluster. */
  readonly tokens = new RequestTokens<() => object>();
  /** Work on clusters that go away. */
  readonly work = new BackgroundWork();
  readonly #clusters = new Map<string, EksService>();
  readonly #subnets = new Map<string, AccountSubnet>();
  readonly #first: EksService;

  constructor(options: EksServiceOptions & EksAccountOptions) {
    const { infrastructure, state, timings, maxKubeletLag, seed = 1, factory, moreClusters = [] } = options;
    this.id = state.cluster.account;
    this.clock = infrastructure.clock;
    this.factory = factory;
    this.shared = {
      seed,
      ...(timings === undefined ? {} : { timings }),
      ...(maxKubeletLag === undefined ? {} : { maxKubeletLag }),
    };
    this.#first = this.add(options);
    for (const other of moreClusters) this.add(other);
  }

  /** The cluster that was there first, also when it has been deleted since. */
  get first(): EksService {
    return this.#first;
  }

  /** All clusters, oldest first. */
  clusters(): EksService[] {
    return [...this.#clusters.values()];
  }

  /** Adds a cluster's record. */
  add(options: EksServiceOptions): EksService {
    const service = new EksService({ ...options, launchTemplates: this.launchTemplates });
    const { name, subnets, settings } = service.cluster;
    this.#clusters.set(name, service);
    for (const subnet of subnets) {
      if (!this.#subnets.has(subnet.id)) this.#subnets.set(subnet.id, { ...subnet, vpcId: settings.vpcId });
    }
    return service;
  }

  /** Forgets a cluster, and who asked for it: its name is free again. */
  forget(name: string): void {
    this.#clusters.delete(name);
    this.tokens.forget(`CreateCluster cluster/${name}`);
  }

  /** A cluster by its name alone. */
  peek(name: string): EksService | undefined {
    return this.#clusters.get(name);
  }

  /**
   * A cluster, if the caller calls its region.
   *
   * @throws EksError ResourceNotFoundException
   */
  find(name: string, region: string | undefined): EksService {
    const service = this.#clusters.get(name);
    if (service !== undefined && (region === undefined || region === service.cluster.region)) return service;
    throw new EksError('ResourceNotFoundException', `No cluster found for name: ${name}.`, {
      clusterName: name,
    });
  }

  /**
   * The cluster that an ARN is of or in.
   *
   * @throws EksError BadRequestException, NotFoundException
   */
  findByArn(arn: string): EksService {
    if (!arn.startsWith('arn:')) throw new EksError('BadRequestException', `Invalid ARN: ${arn}`);
    const service = this.#clusters.get(clusterInArn(arn) ?? '');
    if (service === undefined) throw new EksError('NotFoundException', `Resource not found: ${arn}`);
    return service;
  }

  /** The subnets of all clusters that there have been. */
  subnets(region?: string): AccountSubnet[] {
    const all = [...this.#subnets.values()];
    return region === undefined ? all : all.filter(({ zone }) => zone.startsWith(region));
  }

  /** Breaks off whatever is running. */
  async close(): Promise<void> {
    await Promise.all([this.work.close(), ...this.clusters().map((service) => service.close())]);
  }
}
