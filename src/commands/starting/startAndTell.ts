import type { TemporalClient } from '../../temporal/connection.ts';
import { exitCodes } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import { follow } from '../following/follow.ts';
import type { Sighting } from '../following/sighting.ts';
import { watchUpgrade } from '../following/watchUpgrade.ts';
import { gateAnswers, openGate } from '../rendering/gateView.ts';
import { ending } from '../rendering/statusView.ts';
import { styleOf } from '../rendering/style.ts';
import type { GivenRequest } from '../requestInput.ts';
import type { Terminal } from '../terminal.ts';
import { isPolled } from './pollers.ts';
import { startUpgrade } from './startUpgrade.ts';
import { findUi, workflowLink } from './temporalUi.ts';

export interface StartOptions {
  taskQueue: string;
  watch: boolean;
  json: boolean;
  terminal: Terminal;
}

/** How long is waited for what is refused at once: no such cluster, a cluster that another upgrade holds. */
const firstWordMs = 10_000;

/** Starts an upgrade, says where it is and what comes next, and whether it was refused at once. */
export async function startAndTell(
  temporal: TemporalClient,
  request: GivenRequest,
  { taskQueue, watch, json, terminal }: StartOptions,
): Promise<ExitCode> {
  const { client, settings } = temporal;
  const { workflowId, runId } = await startUpgrade(client, request, taskQueue);
  const ui = await findUi(settings);
  const link = ui === undefined ? undefined : workflowLink(ui, settings.namespace, workflowId, runId);
  if (json) {
    const { namespace } = settings;
    terminal.print(
      JSON.stringify({
        workflowId,
        runId,
        namespace,
        taskQueue,
        ...(link === undefined ? {} : { ui: link }),
      }),
    );
  } else {
    terminal.print(workflowId);
    terminal.note(nextSteps(workflowId, link));
  }
  const polled = await isPolled(temporal, taskQueue);
  if (polled === false) {
    terminal.note(
      `No worker seems to poll task queue "${taskQueue}": the upgrade waits for one (stepladder worker --task-queue ${taskQueue}).`,
    );
  }
  if (watch) return watchUpgrade(client, workflowId, { runId, json, terminal });
  // Nobody is there who could refuse it.
  if (polled === false) return exitCodes.done;
  return tellFirstWord(await firstWord(temporal, workflowId, runId), terminal);
}

function nextSteps(workflowId: string, link: string | undefined): string {
  return [
    'Started. What comes next:',
    `  stepladder watch ${workflowId}      follow it`,
    `  stepladder approve ${workflowId}    see the plan and approve it`,
    `  stepladder abort ${workflowId}      end it and put back what was changed`,
    ...(link === undefined ? [] : [`In the Temporal UI: ${link}`]),
  ].join('\n');
}

/** The look at which it has ended or asks something; the last one when the time is over. */
async function firstWord(
  { client }: TemporalClient,
  workflowId: string,
  runId: string,
): Promise<Sighting | undefined> {
  let last: Sighting | undefined;
  const signal = AbortSignal.timeout(firstWordMs);
  for await (const sighting of follow(client, workflowId, { runId, everyMs: 300, signal })) {
    last = sighting;
    if (sighting.ending !== undefined) break;
    const { status } = sighting;
    if (status !== undefined && (openGate(status) !== undefined || status.waits.length > 0)) break;
  }
  return last;
}

function tellFirstWord(sighting: Sighting | undefined, terminal: Terminal): ExitCode {
  const style = styleOf(terminal.colors.err);
  if (sighting?.ending !== undefined) {
    terminal.note(ending(sighting, style));
    return sighting.ending.state === 'completed' ? exitCodes.done : exitCodes.failed;
  }
  const status = sighting?.status;
  if (status === undefined) return exitCodes.done;
  const gate = openGate(status);
  if (gate !== undefined) terminal.note(gateAnswers(status, gate, new Date(), style));
  for (const { kind, what } of status.waits) {
    if (kind !== 'gate') terminal.note(style.attention(`It waits (${kind}): ${what}`));
  }
  return exitCodes.done;
}
