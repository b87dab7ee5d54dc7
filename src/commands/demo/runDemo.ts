import { defaultTaskQueue } from '../../contract/taskQueue.ts';
import { loadScenario } from '../../../scenario/scenario.ts';
import type { DemoOptions } from '../demo.ts';
import { CommandFailed, exitCodes } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import { styleOf } from '../rendering/style.ts';
import type { Terminal } from '../terminal.ts';
import { aborted, untilTold } from '../untilTold.ts';
import { Cleanups } from './cleanups.ts';
import { setStage } from './demoStage.ts';
import type { DemoStage } from './demoStage.ts';
import { demoRequest, demoTarget } from './demoRequest.ts';
import { demoUpgrade } from './demoUpgrade.ts';
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
    const playing =
      options.stay === true
        ? stay(stage, scenario.cluster.name, demoTarget(options), terminal, told.signal)
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

async function stay(
  { server, simulator, evidenceFolder }: DemoStage,
  cluster: string,
  target: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { address, namespace, uiUrl } = server;
  terminal.print(
    stayText(
      { address, namespace, uiUrl, taskQueue: defaultTaskQueue, cluster, target, simulator, evidenceFolder },
      styleOf(terminal.colors.out),
    ),
  );
  await aborted(signal);
  return exitCodes.done;
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
