import { StepladderError } from '../contract/errors.ts';
import { listGroupNodes } from '../kubernetes/groupNodes.ts';
import type { GroupNode } from '../kubernetes/groupNodes.ts';
import { sizeNoteKey, writeSizeNote } from '../plan/sizeNote.ts';
import type { Platform } from '../platform/platform.ts';
import type { OpenCluster } from './clusters.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { pause } from './pause.ts';
import { bringSize } from './resizeNodeGroup.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { ClusterContext } from './types.ts';
import type { WorkerActivities } from './workerTypes.ts';

type Input = Parameters<WorkerActivities['terminateNodes']>[0];

/** Nodes that are told to go between two heartbeats. */
const atOnce = 50;

/** Ends drained nodes, with their places. */
export function terminateNodesActivity({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<WorkerActivities, 'terminateNodes'> {
  return {
    async terminateNodes(input) {
      const { signal, heartbeat } = activityScope();
      const until = performance.now() + input.timeoutMs;
      const progress = { line: `node group ${input.nodeGroup}: ending ${input.nodes.length} nodes` };
      return heartbeating(
        async () => {
          const opened = await clusters.open(input.context, signal);
          const present = await nodesLeft(opened, input, signal);
          await makeRoom(opened.platform, input, present.length, signal);
          let terminated = 0;
          for (let from = 0; from < present.length; from += atOnce) {
            const providerIds = present.slice(from, from + atOnce).map(providerIdOf);
            const told = await opened.platform.terminateMachines(
              { nodeGroup: input.nodeGroup, providerIds },
              signal,
            );
            terminated += told.terminated;
            progress.line = `node group ${input.nodeGroup}: ${terminated} of ${present.length} nodes told to go`;
            heartbeat(progress);
          }
          for (;;) {
            const left = await nodesLeft(await clusters.open(input.context, signal), input, signal);
            const timeLeft = until - performance.now();
            if (left.length === 0 || timeLeft <= 0) return { terminated, left: left.map(({ name }) => name) };
            progress.line = `node group ${input.nodeGroup}: ${left.length} of ${input.nodes.length} nodes still there`;
            heartbeat(progress);
            await pause(Math.min(input.pollMs, timeLeft), signal);
          }
        },
        () => progress,
      );
    },
  };
}

async function nodesLeft(
  { kubernetes }: OpenCluster,
  { nodeGroup, nodes }: Input,
  signal: AbortSignal,
): Promise<GroupNode[]> {
  const named = new Set(nodes);
  return (await listGroupNodes(kubernetes, nodeGroup, signal)).filter(({ name }) => named.has(name));
}

/**
 * Lowers the group's least size where it would keep machines from going, and notes on the group what it was (rule 14):
 * the note goes when the size is put back.
 */
async function makeRoom(
  platform: Platform,
  input: Input,
  leaving: number,
  signal: AbortSignal,
): Promise<void> {
  const { nodeGroup, pollMs } = input;
  for (let attempt = 1; ; attempt += 1) {
    const group = await platform.describeNodeGroup(nodeGroup, signal);
    const { size } = group;
    // Machines that were told to go before are off the size already, so this may be lower than it has to be.
    const min = Math.max(0, size.desired - leaving);
    if (leaving === 0 || size.min <= min) return;
    if (group.tags[sizeNoteKey] === undefined) {
      await platform.noteOnNodeGroup(nodeGroup, sizeNoteKey, writeSizeNote(size), signal);
    }
    const started = await bringSize(
      platform,
      group,
      { ...size, min },
      { runId: runOf(input.context), step: 'make-room', attempt },
      signal,
    );
    if (started.state === 'already-done') return;
    const target = { kind: 'node-group' as const, name: nodeGroup };
    for (;;) {
      const { status, errors } = await platform.describeUpdate(target, started.updateId, signal);
      if (status === 'Successful') break;
      if (status !== 'InProgress') {
        const reasons = errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
        throw new StepladderError(
          'UpdateFailed',
          `EKS update ${started.updateId}, which was to lower the least size of node group ${nodeGroup} to ${min} so that nodes can go, ended as ${status}. ${reasons}`,
          { updateId: started.updateId, errors },
        );
      }
      await pause(pollMs, signal);
    }
  }
}

/** The prefix for evidence names the root's run; a token made of it is another one for each upgrade. */
const runOf = ({ evidencePrefix }: ClusterContext): string => evidencePrefix;

function providerIdOf({ name, providerId }: GroupNode): string {
  if (providerId !== undefined) return providerId;
  throw new StepladderError(
    'PlatformRefused',
    `Node ${name} has no provider ID, so nobody can tell which machine to end. Take it away by hand, and start again.`,
  );
}
