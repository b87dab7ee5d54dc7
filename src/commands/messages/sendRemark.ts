import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Remark } from '../../contract/messages.ts';
import { lookAt } from '../following/look.ts';
import { CommandFailed } from '../exitCodes.ts';
import type { Sighting } from '../following/sighting.ts';
import { refusal } from './sendAnswer.ts';
import type { Sent } from './sendAnswer.ts';

/** How long is waited for a worker to take the signal, before it is left to the server. Milliseconds. */
const effectTimeoutMs = 10_000;

/**
 * Sends `pause`, `resume`, `abort` or `rollback`, and waits a little to tell what it brought about.
 *
 * @throws CommandFailed when nothing runs that could be told, or when it is refused
 */
export async function sendRemark(
  client: Client,
  workflowId: string,
  name: 'pause' | 'resume' | 'abort' | 'rollback',
  remark: Remark,
  timeoutMs: number = effectTimeoutMs,
): Promise<Sent> {
  const before = await lookAt(client, workflowId);
  try {
    await client.workflow.getHandle(workflowId, before.runId).signal(name, remark);
  } catch (error) {
    throw refusal(workflowId, error);
  }
  const deadline = Date.now() + timeoutMs;
  do {
    const effect = effectOf(before, await lookAt(client, workflowId, before.runId), name);
    if (effect !== undefined) return { how: 'accepted', message: effect };
    await sleep(250);
  } while (Date.now() < deadline);
  return {
    how: 'stored',
    message: `${name} was sent; no worker has taken it within ${timeoutMs / 1000} s. The server keeps it for the next one.`,
  };
}

/** What the signal brought about, once that shows in the status. */
function effectOf(before: Sighting, now: Sighting, name: string): string | undefined {
  const known = before.status?.actions.filter(({ action }) => action === name).length ?? 0;
  const action = now.status?.actions.filter((each) => each.action === name).slice(known)[0];
  if (action !== undefined) return `${name}: ${action.effect}.`;
  const refusal = now.status?.refusals
    .filter(({ message }) => message === name)
    .slice(before.status?.refusals.filter(({ message }) => message === name).length ?? 0)[0];
  if (refusal !== undefined) throw new CommandFailed(`Refused: ${refusal.reason}.`);
  return now.ending === undefined ? undefined : `${name}: the upgrade has ended (${now.ending.state}).`;
}
