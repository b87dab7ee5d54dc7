import { EksError } from './errors.ts';
import type { Infrastructure } from './infrastructure.ts';
import { accessEntryRecord } from './accessEntryRecord.ts';
import type { AccessEntryRecord } from './accessEntryRecord.ts';
import { addonRecord } from './addonRecord.ts';
import type { AddonRecord } from './addonRecord.ts';
import { usualSettings } from './clusterSettings.ts';
import type { ClusterSettings } from './clusterSettings.ts';
import { insightsRecord } from './insightsRecord.ts';
import type { InsightsRecord } from './insightsRecord.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';
import { nodeGroupRecord } from './nodeGroupRecord.ts';
import { podIdentityRecord } from './podIdentityRecord.ts';
import type { PodIdentityRecord } from './podIdentityRecord.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';
import { RequestTokens } from './requestTokens.ts';
import { defaultTimings } from './state.ts';
import type { EksClusterState, EksLaunchTemplateState, EksState, EksTimings } from './state.ts';
import type { UpdateFault, UpdateKind } from './updateFault.ts';
import { UpdateFailure, UpdateRegister } from './updates.ts';
import { minorOf } from './versions.ts';

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
  /** Launch templates that are known; those of the state's node groups are added. A list of its own unless given. */
  launchTemplates?: EksLaunchTemplateState[];
  /** Ends what stands behind the cluster when it has been deleted; nothing happens to it unless given. */
  end?: () => Promise<void>;
}

/** EKS's record of the cluster itself. */
export interface ClusterRecord extends EksClusterState {
  arn: string;
  version: string;
  status: NonNullable<EksClusterState['status']>;
  identity: string;
  settings: ClusterSettings;
  /** Whether its Kubernetes API has been there, so that there is an endpoint to tell. */
  started: boolean;
}

/** EKS's records of one cluster, and what its operations share. The operations are functions over it. */
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
  /** By the ARN of their principal. */
  readonly accessEntries = new Map<string, AccessEntryRecord>();
  /** By their IDs. */
  readonly podIdentities = new Map<string, PodIdentityRecord>();
  /** Names of what a cluster may have besides and is only listed here; a test that wants some puts them in. */
  readonly fargateProfiles: string[] = [];
  readonly identityProviders: string[] = [];
  readonly capabilities: { capabilityName: string; type: string }[] = [];
  readonly insights: InsightsRecord;
  readonly updates: UpdateRegister;
  /** Answers by clientRequestToken: what has to be looked up to answer again. */
  readonly tokens = new RequestTokens<() => object>();
  readonly #updateFault: EksServiceOptions['updateFault'];
  readonly #end: EksServiceOptions['end'];

  constructor(options: EksServiceOptions) {
    const { state, infrastructure } = options;
    this.infrastructure = infrastructure;
    this.timings = { ...defaultTimings, ...options.timings };
    this.random = seededRandom(options.seed ?? 1);
    this.maxKubeletLag = options.maxKubeletLag ?? 3;
    this.#updateFault = options.updateFault;
    this.#end = options.end;
    this.updates = new UpdateRegister(infrastructure, this.random);
    const { name, region, account } = state.cluster;
    const arn = `arn:aws:eks:${region}:${account}:cluster/${name}`;
    this.cluster = {
      ...state.cluster,
      arn,
      identity: state.cluster.identity ?? arn,
      settings: { ...usualSettings({ name, account, arn }), ...state.cluster.settings },
      started: state.cluster.status !== 'CREATING',
      version: infrastructure.controlPlaneVersion(),
      status: state.cluster.status ?? 'ACTIVE',
      tags: { ...state.cluster.tags },
    };
    for (const group of state.nodeGroups) {
      this.nodeGroups.set(group.name, nodeGroupRecord(state.cluster, group));
    }
    this.launchTemplates = options.launchTemplates ?? [];
    this.launchTemplates.push(...state.nodeGroups.flatMap(({ launchTemplate }) => launchTemplate ?? []));
    for (const addon of state.addons) this.addons.set(addon.name, addonRecord(state.cluster, addon));
    const now = infrastructure.clock.now();
    for (const entry of state.accessEntries ?? []) {
      this.accessEntries.set(entry.principalArn, accessEntryRecord(this.cluster, entry, now));
    }
    for (const association of state.podIdentityAssociations ?? []) {
      const record = podIdentityRecord(this.cluster, association, now);
      this.podIdentities.set(record.id, record);
    }
    this.insights = insightsRecord(state.insights, now);
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

  /** Takes away what stands behind the cluster, when EKS has no more to do with it. */
  async end(): Promise<void> {
    await this.close();
    await this.#end?.();
  }

  /** Breaks off whatever is running. */
  async close(): Promise<void> {
    await this.updates.close();
  }
}
