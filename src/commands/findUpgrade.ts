import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { searchAttributes } from '../contract/searchAttributes.ts';
import { workflowTypes } from '../contract/workflowTypes.ts';
import { CommandFailed } from './exitCodes.ts';

export interface UpgradeWanted {
  workflowId?: string | undefined;
  cluster?: string | undefined;
  /** Whether the newest upgrade that has ended will do when none is running. */
  orEnded: boolean;
}

/**
 * The workflow that a person means: the one they name, or the only one that is running (of a cluster).
 *
 * @throws CommandFailed when none or several fit
 */
export async function findUpgrade(client: Client, wanted: UpgradeWanted): Promise<string> {
  const { workflowId, cluster, orEnded } = wanted;
  if (workflowId !== undefined) return workflowId;
  const running = await listRoots(client, cluster, true);
  const [only] = running;
  if (only !== undefined && running.length === 1) return only.workflowId;
  if (running.length > 1) {
    const list = running.map((each) => `  ${each.workflowId}  (since ${each.startTime.toISOString()})`);
    throw new CommandFailed(`Several upgrades are running; name the one you mean:\n${list.join('\n')}`);
  }
  const [newest] = orEnded ? await listRoots(client, cluster, false) : [];
  if (newest !== undefined) return newest.workflowId;
  const of = cluster === undefined ? '' : ` of cluster ${cluster}`;
  throw new CommandFailed(
    `No upgrade${of} is ${orEnded ? 'known to' : 'running on'} this Temporal server (namespace "${client.options.namespace}"). Start one with stepladder start, or name its workflow ID.`,
  );
}

/** The workflows that people have started, newest first; at most 20. Stages are children and are left out. */
async function listRoots(
  client: Client,
  cluster: string | undefined,
  running: boolean,
): Promise<WorkflowExecutionInfo[]> {
  const types = workflowTypes.map((type) => `'${type}'`).join(', ');
  const query = [
    `WorkflowType IN (${types})`,
    ...(running ? ["ExecutionStatus = 'Running'"] : []),
    ...(cluster === undefined ? [] : [`${searchAttributes.cluster.name} = '${quoted(cluster)}'`]),
  ].join(' AND ');
  const roots: WorkflowExecutionInfo[] = [];
  for await (const execution of client.workflow.list({ query })) {
    if (execution.parentExecution !== undefined) continue;
    roots.push(execution);
    if (roots.length === 20) break;
  }
  return roots.sort((left, right) => right.startTime.getTime() - left.startTime.getTime());
}

function quoted(text: string): string {
  return text.replaceAll("'", "''");
}
