import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultTaskQueue } from '../../contract/taskQueue.ts';
import { loadScenario } from '../../../scenario/scenario.ts';
import type { DemoOptions } from '../demo.ts';
import { CommandFailed, exitCodes } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import { styleOf } from '../rendering/style.ts';
import type { GivenRequest } from '../requestInput.ts';
import type { Terminal } from '../terminal.ts';
import { aborted, untilTold } from '../untilTold.ts';
import { Cleanups } from './cleanups.ts';
import { setStage } from './demoStage.ts';
import type { DemoStage } from './demoStage.ts';
import { demoRequest } from './demoRequest.ts';
import { demoUpgrade } from './demoUpgrade.ts';
import { tellOfUsers } from './demoUsers.ts';
import { stayText } from './stayText.ts';

/** The whole demo: sets the stage, runs the upgrade (or stays), and clears everything away on every way out. */
export async function runDemo(options: DemoOptions, terminal: Terminal): Promise<ExitCode> {
  const scenario = loadScenario(options.scenario);
  const request = demoRequest(scenario, options);
  const told = untilTold();
  const cleanups = new Cleanups();
  try {
    const setting = setStage(options, terminal, cleanups);
    const stage = await orTold(setting, told.signal);
    if (options.stay === true) cleanups.add(() => tellUsersEnd(stage, terminal));
    const playing =
      options.stay === true
        ? stay(stage, request, options, terminal, told.signal)
        : demoUpgrade(stage, request, options, terminal, told.signal);
    return await Promise.race([playing, orTold(stageFailure(stage), told.signal)]);
  } catch (error) {
    if (!told.signal.aborted) throw error;
    if (options.stay === true) return exitCodes.done;
    terminal.note('Interrupted.');
    return exitCodes.failed;
  } finally {
    terminal.note('Clearing away …');
    await cleanups.run((error) => terminal.note(`Clearing away: ${String(error)}`));
    told.release();
  }
}

/** Says what can be played with, and waits until the person has had enough. */
async function stay(
  stage: DemoStage,
  request: GivenRequest,
  { strategy }: Pick<DemoOptions, 'strategy'>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { server, simulator, folder, evidenceFolder, users } = stage;
  const { address, namespace, uiUrl, binary } = server;
  const { cluster, targetVersion, migration } = request.checked;
  // Two flags say all that this strategy takes; the others want a file.
  const requestFile = strategy === 'managed' ? undefined : join(folder, 'request.json');
  if (requestFile !== undefined)
    await writeFile(requestFile, `${JSON.stringify(request.written, null, 2)}\n`);
  const green = migration?.green.name;
  terminal.print(
    stayText(
      {
        ...{ address, namespace, uiUrl, binary, taskQueue: defaultTaskQueue },
        ...{ cluster: cluster.name, target: targetVersion, strategy, simulator, evidenceFolder },
        ...(requestFile === undefined ? {} : { requestFile }),
        ...(users === undefined || green === undefined ? {} : { users: { address: users.address, green } }),
      },
      styleOf(terminal.colors.out),
    ),
  );
  await aborted(signal);
  return exitCodes.done;
}

/** What the users of a demo that stays up have seen, told when it ends. */
async function tellUsersEnd({ users }: DemoStage, terminal: Terminal): Promise<void> {
  const told = tellOfUsers(users, terminal, styleOf(terminal.colors.err));
  await told.goHome();
  told.tellEnd();
}

/** Rejects when nothing can go on: the server has ended, or no worker stays alive. */
async function stageFailure({ worker, server }: DemoStage): Promise<never> {
  const serverEnded = server.ended.then((how): never => {
    throw new CommandFailed(how);
  });
  return Promise.race([worker.failed, serverEnded]);
}

/** Rejects when we are told to stop, whatever is being waited for. */
async function orTold<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = aborted(signal).then((): never => {
    throw signal.reason;
  });
  return Promise.race([work, stopped]);
}
