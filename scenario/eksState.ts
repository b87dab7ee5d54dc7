import type { EksInsightState, EksNodeGroupState, EksState, EksTimings } from '../eks-api/index.ts';
import { stableHex, stableUuid } from '../eks-api/random.ts';
import { minorOf, knownVersions } from '../eks-api/versions.ts';
import { accessEntriesOf, podIdentitiesOf } from './eksAccess.ts';
import { insightSchema } from './scenarioEks.ts';
import type { Scenario, ScenarioInsight, ScenarioNodeGroup, ScenarioTimings } from './scenario.ts';

/** How long before the start the cluster was created. */
const ageMilliseconds = 200 * 24 * 3_600_000;

/** What EKS knows of a scenario's cluster when it starts. Add-ons that EKS does not manage are none of its business. */
export function eksStateOf(scenario: Scenario, now: Date): EksState {
  const { cluster } = scenario;
  const zones = [...new Set(scenario.nodeGroups.flatMap((group) => zonesOf(scenario, group)))];
  const subnets = (zones.length > 0 ? zones : regionZones(scenario)).map((zone) => ({
    id: subnetOf(scenario, zone),
    zone,
    ...(cluster.freeAddresses === undefined ? {} : { freeAddresses: cluster.freeAddresses }),
  }));
  return {
    cluster: {
      name: cluster.name,
      region: cluster.region,
      account: cluster.account,
      createdAt: new Date(now.getTime() - ageMilliseconds),
      tags: cluster.tags,
      autoMode: cluster.autoMode,
      health: [],
      subnets,
      settings: {
        authenticationMode: cluster.authenticationMode,
        supportType: cluster.supportType,
        enabledLogs: cluster.logs,
        securityGroupIds: cluster.securityGroups,
        deletionProtection: cluster.deletionProtection,
        ...(cluster.encryptionKey === undefined
          ? {}
          : { encryptionConfig: [{ provider: { keyArn: cluster.encryptionKey } }] }),
      },
    },
    nodeGroups: scenario.nodeGroups.map((group) => nodeGroupOf(scenario, group)),
    addons: scenario.addons
      .filter((addon) => addon.managed)
      .map(({ name, version, tags }) => ({ name, version, tags })),
    accessEntries: accessEntriesOf(scenario),
    podIdentityAssociations: podIdentitiesOf(scenario),
    insights: (scenario.insights ?? nothingDeprecated(scenario.cluster.version)).map((insight) =>
      insightOf(insight, now),
    ),
  };
}

/** What EKS says of a cluster in which nothing deprecated is in use, for the next three minor versions. */
function nothingDeprecated(version: string): ScenarioInsight[] {
  const [major = '', minor = ''] = version.split('.');
  return [1, 2, 3].map((step) => {
    const later = `${major}.${Number(minor) + step}`;
    return insightSchema.parse({
      name: `Deprecated APIs removed in Kubernetes v${later}`,
      kubernetesVersion: later,
      status: 'PASSING',
      reason: 'No deprecated API usage detected within the last 30 days.',
    });
  });
}

/** A scenario's insight as EKS knows it. */
export function insightOf(insight: ScenarioInsight, now: Date): EksInsightState {
  const { id, kubernetesVersion, deprecations, ...rest } = insight;
  return {
    ...rest,
    id: id ?? stableUuid(`${insight.name}/${kubernetesVersion ?? ''}`),
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    deprecations: deprecations.map(({ startServingReplacementVersion, clientStats, ...deprecation }) => ({
      ...deprecation,
      ...(startServingReplacementVersion === undefined ? {} : { startServingReplacementVersion }),
      clientStats: clientStats.map(({ lastRequestSecondsAgo, ...client }) => ({
        ...client,
        lastRequestTime: new Date(now.getTime() - lastRequestSecondsAgo * 1000),
      })),
    })),
  };
}

/** The times of a scenario that are EKS's own. */
export function eksTimingsOf(timings: ScenarioTimings): Partial<EksTimings> {
  return {
    nodeGroupSetup: timings.nodeGroupSetup,
    nodeGroupChange: timings.nodeGroupChange,
    clusterCreation: timings.clusterCreation,
    clusterDeletion: timings.clusterDeletion,
    podEvictionLimit: timings.podEvictionTimeout,
    drainedNodeWait: timings.nodeTermination,
    addonUpdate: timings.addonUpdate,
    insightsRefresh: timings.insightsRefresh,
  };
}

function nodeGroupOf(scenario: Scenario, group: ScenarioNodeGroup): EksNodeGroupState {
  const version = group.version ?? scenario.cluster.version;
  const { maxUnavailable, maxUnavailablePercentage, updateStrategy } = group.updateConfig;
  return {
    name: group.name,
    version,
    status: group.status,
    size: {
      min: group.minSize ?? group.size,
      max: group.maxSize ?? group.size + 2,
      desired: group.size,
    },
    instanceType: group.instanceType,
    amiType: group.amiType,
    subnets: zonesOf(scenario, group).map((zone) => subnetOf(scenario, zone)),
    labels: group.labels,
    taints: group.taints.map(({ key, value, effect }) => ({
      key,
      effect,
      ...(value === undefined ? {} : { value }),
    })),
    updateConfig: {
      ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
      ...(maxUnavailablePercentage === undefined ? {} : { maxUnavailablePercentage }),
      ...(updateStrategy === undefined ? {} : { updateStrategy }),
    },
    ...(group.ownImage ? { launchTemplate: ownImageTemplate(group.name, version) } : {}),
    tags: group.tags,
    health: group.health,
  };
}

/** A launch template with an image of one's own: its version 1 is the group's, and there is one for each later minor. */
function ownImageTemplate(group: string, version: string): NonNullable<EksNodeGroupState['launchTemplate']> {
  const later = knownVersions
    .map((known) => known.version)
    .filter((known) => minorOf(known) >= minorOf(version))
    .sort((a, b) => minorOf(a) - minorOf(b));
  return {
    id: `lt-0${stableHex(group, 16)}`,
    name: `${group}-own-image`,
    version: '1',
    images: Object.fromEntries(later.map((known, index) => [String(index + 1), known])),
  };
}

const zonesOf = (scenario: Scenario, group: ScenarioNodeGroup): string[] =>
  group.zones ?? regionZones(scenario);

const regionZones = ({ cluster }: Scenario): string[] =>
  ['a', 'c', 'd'].map((letter) => `${cluster.region}${letter}`);

const subnetOf = ({ cluster }: Scenario, zone: string): string =>
  `subnet-0${stableHex(`${cluster.name}/${zone}`, 16)}`;
