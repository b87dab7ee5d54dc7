import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { HopStatus } from '../../contract/status.ts';
import type { StageProgress } from './sighting.ts';

type PendingActivities = WorkflowExecutionDescription['raw']['pendingActivities'];

/**
 * What the running stages' activities have told last. A stage that can't be looked at just now has told nothing.
 *
 * @param root the upgrade itself, with its own activities: stages without a workflow of their own are carried out there
 */
export async function stageProgress(
  client: Client,
  hops: readonly HopStatus[],
  root: { workflowId: string; pendingActivities: PendingActivities },
): Promise<StageProgress[]> {
  const running = hops.flatMap(({ stages }) =>
    stages.flatMap(({ state, workflowId }) =>
      state === 'running' && workflowId !== undefined ? [workflowId] : [],
    ),
  );
  const all = await Promise.all(
    running.map(async (workflowId) => {
      try {
        const { raw } = await client.workflow.getHandle(workflowId).describe();
        return progressOf(workflowId, raw.pendingActivities);
      } catch {
        // It has not begun yet, or it has ended in the meantime.
        return [];
      }
    }),
  );
  return [...progressOf(root.workflowId, root.pendingActivities), ...all.flat()];
}

/** The heartbeats' details that are of the shape of `UpdateProgress`; others are for the activities alone. */
export function progressOf(workflowId: string, pending: PendingActivities): StageProgress[] {
  return (pending ?? []).flatMap(({ heartbeatDetails }) => {
    const payload = heartbeatDetails?.payloads?.[0];
    if (payload === undefined) return [];
    let details: unknown;
    try {
      details = defaultPayloadConverter.fromPayload(payload);
    } catch {
      return [];
    }
    const progress = readProgress(workflowId, details);
    return progress === undefined ? [] : [progress];
  });
}

function readProgress(workflowId: string, details: unknown): StageProgress | undefined {
  if (!isRecord(details) || typeof details['line'] !== 'string') return undefined;
  const { line, nodes, probe } = details;
  return {
    workflowId,
    line,
    nodes: (Array.isArray(nodes) ? nodes : []).flatMap((node: unknown) =>
      isRecord(node) && typeof node['name'] === 'string'
        ? [
            {
              name: node['name'],
              kubeletVersion: typeof node['kubeletVersion'] === 'string' ? node['kubeletVersion'] : '',
              ready: node['ready'] === true,
              schedulable: node['schedulable'] !== false,
            },
          ]
        : [],
    ),
    ...(isProbe(probe) ? { probe } : {}),
  };
}

function isProbe(value: unknown): value is NonNullable<StageProgress['probe']> {
  return (
    isRecord(value) &&
    ['probes', 'failures', 'downtimeSeconds', 'longestOutageSeconds', 'unobservedSeconds'].every(
      (field) => typeof value[field] === 'number',
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
