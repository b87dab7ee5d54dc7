import type { TemporalSettings } from '../../temporal/connection.ts';

const probeTimeoutMs = 500;
/** Where a development server has its UI, counted from its port for clients. */
const developmentUiOffset = 1000;

/** Address of a workflow in the Temporal UI. */
export function workflowLink(uiUrl: string, namespace: string, workflowId: string, runId: string): string {
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}/${runId}`;
}

/** Opens the UI's form to start an upgrade, filled in as far as it can be: all but the input. */
export function startFormLink(
  uiUrl: string,
  namespace: string,
  taskQueue: string,
  workflowId: string,
): string {
  const query = new URLSearchParams({ taskQueue, workflowType: 'upgradeCluster', workflowId });
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/start-workflow?${query.toString()}`;
}

/**
 * The address of a server's UI, where it can be told: Temporal Cloud has one, and a development server on this machine
 * has it beside its own port. Others say it nowhere.
 */
export async function findUi({
  connectionOptions: { address },
}: Pick<TemporalSettings, 'connectionOptions'>): Promise<string | undefined> {
  if (/\.(tmprl\.cloud|api\.temporal\.io)(:\d+)?$/.test(address)) return 'https://cloud.temporal.io';
  const local = /^(127\.0\.0\.1|localhost):(\d+)$/.exec(address);
  if (local === null) return undefined;
  const url = `http://${local[1] ?? ''}:${Number(local[2]) + developmentUiOffset}`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) });
    return answer.ok && /temporal/i.test(await answer.text()) ? url : undefined;
  } catch {
    return undefined;
  }
}
