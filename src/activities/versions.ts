import type { PlannedStage } from '../contract/plan.ts';
import { StepladderError } from '../contract/errors.ts';
import { listNodes } from '../kubernetes/nodes.ts';
import { serverVersion } from '../kubernetes/version.ts';
import type { ObservedNode } from '../plan/observation.ts';
import { compareMinors, compareVersions, minorOf } from '../plan/versions.ts';
import type { OpenCluster } from './clusters.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { Activities } from './types.ts';

/** Nodes that one line names at most. */
const shownNodes = 5;

/** Whether a hop has brought every component to its version. */
export function verifyVersionsActivity({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<Activities, 'verifyVersions'> {
  return {
    async verifyVersions({ context, hop }) {
      const { signal } = activityScope();
      return heartbeating(async () => {
        const cluster = await clusters.open(context, signal);
        const nodes = await listNodes(cluster.kubernetes, signal);
        const problems: string[] = [];
        for (const stage of hop.stages) problems.push(...(await problemsOf(stage, cluster, nodes, signal)));
        return { problems };
      });
    },
  };
}

async function problemsOf(
  stage: PlannedStage,
  { platform, kubernetes }: OpenCluster,
  nodes: readonly ObservedNode[],
  signal: AbortSignal,
): Promise<string[]> {
  switch (stage.stage) {
    case 'control-plane': {
      const { version } = await platform.describeCluster(signal);
      const answers = await serverVersion(kubernetes, signal);
      return [
        ...lag('The control plane', version, stage.to, 'as EKS says'),
        ...lag('The API server', answers, stage.to, 'as it says itself'),
      ];
    }
    case 'add-ons': {
      const problems: string[] = [];
      for (const { name, to } of stage.addons) {
        const addon = await orGone(() => platform.describeAddon(name, signal));
        if (addon === undefined) problems.push(`Add-on ${name} is no longer there.`);
        else if (compareVersions(addon.version, to) < 0) {
          problems.push(`Add-on ${name} is at ${addon.version}, not at ${to}.`);
        } else if (addon.status === 'UPDATE_FAILED') {
          problems.push(
            `Add-on ${name} is UPDATE_FAILED at ${addon.version}: ${addon.healthIssues.join('; ')}`,
          );
        }
      }
      return problems;
    }
    case 'workers': {
      const { to } = stage;
      const name = stage.strategy === 'managed' ? stage.nodeGroup : stage.newNodeGroup;
      const group = await orGone(() => platform.describeNodeGroup(name, signal));
      // Somebody has taken the group away: none of its nodes is left behind.
      if (group === undefined) return [];
      return [
        ...(group.version === undefined ? [] : lag(`Node group ${name}`, group.version, to, 'as EKS says')),
        ...nodeProblems(
          name,
          nodes.filter(({ nodeGroup }) => nodeGroup === name),
          to,
        ),
      ];
    }
    // What a tool stands on is more than its version: its own stage has verified it. So has a migration's.
    case 'tools':
    case 'verification':
    case 'green-cluster':
    case 'green-add-ons':
    case 'green-workers':
    case 'green-tools':
    case 'resources':
    case 'green-verification':
    case 'cutover':
    case 'retirement':
      return [];
  }
}

function lag(what: string, version: string, to: string, source: string): string[] {
  return compareMinors(version, to) >= 0 ? [] : [`${what} is at ${version}, not at ${to} (${source}).`];
}

function nodeProblems(group: string, nodes: readonly ObservedNode[], to: string): string[] {
  const behind = nodes.filter(({ kubeletVersion }) => {
    const minor = minorOf(kubeletVersion);
    return minor === undefined || compareMinors(minor, to) < 0;
  });
  const notReady = nodes.filter((node) => !node.ready && !behind.includes(node));
  return [
    ...(behind.length === 0
      ? []
      : [
          `${behind.length} of ${nodes.length} nodes of node group ${group} are not at ${to}: ${named(behind, ({ name, kubeletVersion }) => `${name} (${kubeletVersion})`)}.`,
        ]),
    ...(notReady.length === 0
      ? []
      : [
          `${notReady.length} of ${nodes.length} nodes of node group ${group} are not Ready: ${named(notReady, ({ name }) => name)}.`,
        ]),
  ];
}

function named(nodes: readonly ObservedNode[], describe: (node: ObservedNode) => string): string {
  const more = nodes.length - shownNodes;
  return `${nodes.slice(0, shownNodes).map(describe).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

async function orGone<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof StepladderError && error.details['reason'] === 'not-found') return undefined;
    throw error;
  }
}
