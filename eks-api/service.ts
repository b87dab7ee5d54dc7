import { EksError } from './errors.ts';
import type { Infrastructure } from './infrastructure.ts';
import { addonRecord } from './addonRecord.ts';
import type { AddonRecord } from './addonRecord.ts';
import { insightsRecord } from './insightsRecord.ts';
import type { InsightsRecord } from './insightsRecord.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';
import { nodeGroupRecord } from './nodeGroupRecord.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';
import { RequestTokens } from './requestTokens.ts';
import { defaultTimings } from './state.ts';
import type { EksClusterState, EksLaunchTemplateState, EksState, EksTimings } from './state.ts';
import { UpdateFailure, UpdateRegister } from './updates.ts';
import { minorOf } from './versions.ts';

/** Kinds of updates that can be made to fail. */
export type UpdateKind =
  'VersionUpdate' | 'AddonUpdate' | 'ConfigUpdate' | 'NodegroupVersionUpdate' | 'NodegroupConfigUpdate';

/** How an update that is made to fail ends. */
export interface UpdateFault {
  /** EKS's code, e.g. `InsufficientFreeAddresses`. */
  code: string;
  message: string;
  /** `Failed` unless given. */
  status?: 'Failed' | 'Cancelled';
}

/** What EKS is given to run with. */
export interface EksServiceOptions {
  state: EksState;
  infrastructure: Infrastructure;
  timings?: Partial<EksTimings>;
  /** Seed of everything random: which node is taken next, IDs of updates. */
  seed?: number;
  /** How many minors kubelets of node groups may be behind the version that the control plane goes to; 3 unless given. */
  maxKubeletLag?: number;
  /** Asked once when an update begins; what it answers is how the update fails. */
  updateFault?: (kind: UpdateKind, name: string) => UpdateFault | undefined;
}

/** EKS's record of the cluster itself. */
export interface ClusterRecord extends EksClusterState {
  arn: string;
  version: string;
  status: NonNullable<EksClusterState['status']>;
}

/** EKS: its records, and what its operations share. The operations are functions over it. */
export class EksService {
  readonly infrastructure: Infrastructure;
  readonly timings: EksTimings;
  readonly random: Random;
  readonly maxKubeletLag: number;
  readonly cluster: ClusterRecord;
  readonly nodeGroups = new Map<string, NodeGroupRecord>();
  /** Launch templates that node groups have been made with. */
  readonly launchTemplates: EksLaunchTemplateState[];
  readonly addons = new Map<string, AddonRecord>();
  readonly insights: InsightsRecord;
  readonly updates: UpdateRegister;
  /** Answers by clientRequestToken: what has to be looked up to answer again. */
  readonly tokens = new RequestTokens<() => object>();
  readonly #updateFault: EksServiceOptions['updateFault'];

  constructor(options: EksServiceOptions) {
    const { state, infrastructure } = options;
    this.infrastructure = infrastructure;
    this.timings = { ...defaultTimings, ...options.timings };
    this.random = seededRandom(options.seed ?? 1);
    this.maxKubeletLag = options.maxKubeletLag ?? 3;
    this.#updateFault = options.updateFault;
    this.updates = new UpdateRegister(infrastructure, this.random);
    const { name, region, account } = state.cluster;
    this.cluster = {
      ...state.cluster,
      arn: `arn:aws:eks:${region}:${account}:cluster/${name}`,
      version: infrastructure.controlPlaneVersion(),
      status: state.cluster.status ?? 'ACTIVE',
      tags: { ...state.cluster.tags },
    };
    for (const group of state.nodeGroups) {
      this.nodeGroups.set(group.name, nodeGroupRecord(state.cluster, group));
    }
    this.launchTemplates = state.nodeGroups.flatMap(({ launchTemplate }) => launchTemplate ?? []);
    for (const addon of state.addons) this.addons.set(addon.name, addonRecord(state.cluster, addon));
    this.insights = insightsRecord(state.insights, infrastructure.clock.now());
  }

  /**
   * The cluster, if the caller knows its name and calls the right region.
   *
   * @throws EksError ResourceNotFoundException
   */
  findCluster(name: string, region: string | undefined): ClusterRecord {
    if (name === this.cluster.name && (region === undefined || region === this.cluster.region)) {
      return this.cluster;
    }
    throw new EksError('ResourceNotFoundException', `No cluster found for name: ${name}.`, {
      clusterName: name,
    });
  }

  /** @throws EksError ResourceNotFoundException */
  findNodeGroup(name: string): NodeGroupRecord {
    const found = this.nodeGroups.get(name);
    if (found !== undefined) return found;
    throw new EksError('ResourceNotFoundException', `No node group found for name: ${name}.`, {
      clusterName: this.cluster.name,
      nodegroupName: name,
    });
  }

  /** @throws EksError ResourceNotFoundException */
  findAddon(name: string): AddonRecord {
    const found = this.addons.get(name);
    if (found !== undefined) return found;
    throw new EksError(
      'ResourceNotFoundException',
      `No addon: ${name} found in cluster: ${this.cluster.name}`,
      { clusterName: this.cluster.name, addonName: name },
    );
  }

  /** Waits for that many seconds of the infrastructure's clock. */
  async pause(seconds: number, signal: AbortSignal): Promise<void> {
    await this.infrastructure.clock.sleep(seconds * 1000, signal);
  }

  /** Ends an update early where a fault says so. */
  async failIfMeantTo(kind: UpdateKind, name: string, signal: AbortSignal): Promise<void> {
    const fault = this.#updateFault?.(kind, name);
    if (fault === undefined) return;
    await this.pause(this.timings.failAfter, signal);
    throw new UpdateFailure({ code: fault.code, message: fault.message, resourceIds: [] }, fault.status);
  }

  /** The newest version that EKS's control plane has reached, as a number to compare by. */
  get clusterMinor(): number {
    return minorOf(this.cluster.version);
  }

  /** Breaks off whatever is running. */
  async close(): Promise<void> {
    await this.updates.close();
  }
}
