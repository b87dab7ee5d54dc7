import { defaultTaskQueue } from '../../contract/taskQueue.ts';
import { openFolderStore } from '../../evidence/folderStore.ts';
import type { DemoOptions } from '../demo.ts';
import { CommandFailed, exitCodes } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import { createDisplay } from '../following/display.ts';
import { follow } from '../following/follow.ts';
import type { Ending, Sighting } from '../following/sighting.ts';
import { speaker } from '../messages/speaker.ts';
import { styleOf } from '../rendering/style.ts';
import { reportMarkdown } from '../rendering/reportMarkdown.ts';
import { readReport } from '../reporting/readReport.ts';
import type { GivenRequest } from '../requestInput.ts';
import { startUpgrade } from '../starting/startUpgrade.ts';
import { workflowLink } from '../starting/temporalUi.ts';
import type { Terminal } from '../terminal.ts';
import type { DemoStage } from './demoStage.ts';
import { tellOfUsers } from './demoUsers.ts';
import { createGateKeeper } from './gateKeeper.ts';

/** Between two looks, milliseconds: the demo's cluster runs fast. */
const lookEveryMs = 400;

/**
 * Starts the upgrade, shows it live, answers its gates, tells what users have seen of it, and prints its report. A request
 * of a user that failed is a failure of the demo.
 */
export async function demoUpgrade(
  stage: DemoStage,
  request: GivenRequest,
  options: Pick<DemoOptions, 'yes'>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { server, temporal, evidenceFolder } = stage;
  const { client } = temporal;
  const { workflowId, runId } = await startUpgrade(client, request, defaultTaskQueue);
  terminal.note(`The upgrade there: ${workflowLink(server.uiUrl, server.namespace, workflowId, runId)}\n`);

  const display = createDisplay(
    terminal.errorIsScreen ? 'redraw' : 'lines',
    terminal,
    (line) => terminal.note(line),
    process.stderr,
  );
  const ask = terminal.interactive && options.yes !== true;
  const keeper = createGateKeeper(client, terminal, {
    ask,
    by: ask ? speaker(undefined, terminal) : 'demo',
    beforeAsking: () => display.rest(),
    signal,
  });
  const users = tellOfUsers(stage.users, terminal, styleOf(terminal.colors.err));
  let ending: Ending | undefined;
  for await (const sighting of follow(client, workflowId, { runId, everyMs: lookEveryMs, signal })) {
    display.show(ask ? withoutAsked(withoutReport(sighting)) : withoutReport(sighting));
    users.see(sighting, () => display.rest());
    await keeper.attend(sighting);
    ending = sighting.ending;
  }
  display.rest();
  await users.goHome();
  if (ending?.report !== undefined) {
    const report = await readReport(openFolderStore(evidenceFolder), ending.report);
    terminal.print(reportMarkdown(report).trimEnd());
  }
  // Below the report, where it is not lost.
  const nobodyFailed = users.tellEnd();
  if (ending === undefined) throw new CommandFailed('The demo was stopped before the upgrade had ended.');
  return ending.state === 'completed' && nobodyFailed ? exitCodes.done : exitCodes.failed;
}

/** What the person is asked below anyway does not stand there twice. */
function withoutAsked(sighting: Sighting): Sighting {
  const { status } = sighting;
  if (status === undefined) return sighting;
  return {
    ...sighting,
    status: { ...status, gates: status.gates.filter(({ outcome }) => outcome !== undefined) },
  };
}

/** The evidence goes when the demo ends, and it prints its report itself: nobody has to fetch it. */
function withoutReport(sighting: Sighting): Sighting {
  if (sighting.ending === undefined) return sighting;
  const { report: _, ...ending } = sighting.ending;
  return { ...sighting, ending };
}
