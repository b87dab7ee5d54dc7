import {
  DescribeAutoScalingInstancesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { AutoScalingInstanceDetails } from '@aws-sdk/client-auto-scaling';
import { StepladderError } from '../../contract/errors.ts';
import type { EksConnection } from './connection.ts';
import { describeRaw } from './nodeGroups.ts';

/** As many instances as DescribeAutoScalingInstances takes at a time. */
const describedAtOnce = 50;

/**
 * Ends instances of a node group through its Auto Scaling group, which EKS itself uses for it: the group's size goes
 * down with each, and its termination hook empties what is still on the node. Each is looked at first, because an
 * instance that is told twice to go would take two places with it.
 */
export async function terminateMachines(
  connection: EksConnection,
  change: { nodeGroup: string; providerIds: string[] },
  signal?: AbortSignal,
): Promise<{ terminated: number }> {
  const { nodeGroup } = change;
  const of = `node group ${nodeGroup}`;
  const { resources } = await describeRaw(connection, nodeGroup, signal);
  const own = new Set((resources?.autoScalingGroups ?? []).map(({ name }) => name));
  const ids = change.providerIds.map((providerId) => instanceIdOf(providerId, nodeGroup));
  let terminated = 0;
  for (let from = 0; from < ids.length; from += describedAtOnce) {
    const some = ids.slice(from, from + describedAtOnce);
    const { AutoScalingInstances: instances = [] } = await connection.callAutoScaling(
      'DescribeAutoScalingInstances',
      of,
      signal,
      (client, options) =>
        client.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: some }), options),
    );
    for (const instance of instances) {
      if (!own.has(instance.AutoScalingGroupName)) throw notOfGroup(instance, nodeGroup);
      if (isLeaving(instance)) continue;
      if (await terminate(connection, instance, of, signal)) terminated += 1;
    }
  }
  return { terminated };
}

/** False when it was gone by the time that it was told to go. */
async function terminate(
  connection: EksConnection,
  { InstanceId }: AutoScalingInstanceDetails,
  of: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await connection.callAutoScaling('TerminateInstanceInAutoScalingGroup', of, signal, (client, options) =>
      client.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId,
          ShouldDecrementDesiredCapacity: true,
        }),
        options,
      ),
    );
    return true;
  } catch (error) {
    if (
      error instanceof StepladderError &&
      /instance id not found|no managed instance/i.test(error.message)
    ) {
      return false;
    }
    throw error;
  }
}

/** `Terminating`, `Terminating:Wait`, `Terminated` and so on: its place is off the group's size already. */
function isLeaving({ LifecycleState }: AutoScalingInstanceDetails): boolean {
  return /^Terminat/.test(LifecycleState ?? '');
}

/** `aws:///ap-northeast-1a/i-0abc` → `i-0abc`. */
function instanceIdOf(providerId: string, nodeGroup: string): string {
  const id = /^aws:\/\/.*\/(i-[0-9a-f]+)$/.exec(providerId)?.[1];
  if (id !== undefined) return id;
  throw new StepladderError(
    'PlatformRefused',
    `A node of node group ${nodeGroup} has the provider ID ${JSON.stringify(providerId)}, which names no EC2 instance. Take that node away by hand.`,
  );
}

function notOfGroup(instance: AutoScalingInstanceDetails, nodeGroup: string): StepladderError {
  return new StepladderError(
    'PlatformRefused',
    `Instance ${instance.InstanceId ?? ''} belongs to the Auto Scaling group ${instance.AutoScalingGroupName ?? ''}, which is not node group ${nodeGroup}'s. It was left alone: look why its node carries that group's label.`,
  );
}
