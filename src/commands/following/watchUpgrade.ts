import type { Client } from '@temporalio/client';
import { exitCodes } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import { createDisplay } from './display.ts';
import { follow } from './follow.ts';

/** Shows an upgrade on standard output until it ends: redrawn on a terminal, line by line elsewhere. */
export async function watchUpgrade(
  client: Client,
  workflowId: string,
  options: { runId?: string; json: boolean; terminal: Terminal },
): Promise<ExitCode> {
  const { runId, json, terminal } = options;
  const display = createDisplay(
    json ? 'json' : terminal.outputIsScreen ? 'redraw' : 'lines',
    terminal,
    (line) => terminal.print(line),
  );
  let code: ExitCode = exitCodes.failed;
  const sightings = follow(client, workflowId, {
    ...(runId === undefined ? {} : { runId }),
    onTrouble: (message) => terminal.note(message),
  });
  for await (const sighting of sightings) {
    display.show(sighting);
    if (sighting.ending?.state === 'completed') code = exitCodes.done;
  }
  display.rest();
  return code;
}
