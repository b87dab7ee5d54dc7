import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Remark } from '../../contract/messages.ts';
import { rollbackText } from '../../contract/migrationShown.ts';
import type { RoutingWeights } from '../../contract/routing.ts';
import { perform } from '../activities.ts';
import { failure, troubleOf } from '../failures.ts';
import { steadily } from '../steadily.ts';
import { now } from '../time.ts';
import type { MigrationRun } from './migrationRun.ts';

export const allOnBlue: RoutingWeights = { blue: 100, green: 0 };

/** After so many refusals in a row nobody is asked any more. */
const triesToGoBack = 10;

/** How the users are routed now; what was there before the first change is kept. */
export async function readWeights(run: MigrationRun): Promise<RoutingWeights> {
  const seen = await steadily(run.state, () =>
    perform('readRouting', 'Where are the users sent?', {
      blue: run.blue,
      router: run.migration.routing,
      ...(run.said === undefined ? {} : { said: run.said }),
    }),
  );
  run.memento ??= seen.memento;
  // Of a router that can't be asked it is taken for granted, as its finding says.
  const weights = seen.weights ?? allOnBlue;
  run.status.addresses = seen.addresses;
  run.status.weights = weights;
  run.state.publish();
  return weights;
}

/**
 * Sends so many of the users to each cluster, or has a person do it. Nothing breaks a change off in its middle; a wait for
 * what it takes (credentials, a permission, AWS being back) is broken off, so that nobody is sent over any more once a
 * person wants all of them back.
 *
 * @param from what the weights may be now; anything where it is left out
 * @returns false when a person says that the users shall go back instead
 * @throws ApplicationFailure `PlatformRefused`; the cancellation of an abort or a rollback, with the weights as they were
 */
export async function setWeights(
  run: MigrationRun,
  to: RoutingWeights,
  why: string,
  from?: RoutingWeights,
): Promise<boolean> {
  for (;;) {
    const change = await steadily(run.state, () =>
      CancellationScope.nonCancellable(() =>
        perform('setRoutingWeights', `${to.green} % of the users to ${run.sides.green.cluster.name}`, {
          blue: run.blue,
          router: run.migration.routing,
          wish: { to, ...(from === undefined ? {} : { from: [from] }) },
          ...(run.said === undefined ? {} : { said: run.said }),
        }),
      ),
    );
    if (change.outcome === 'set') break;
    const isBack = to.green === 0;
    const answer = await CancellationScope.nonCancellable(() =>
      run.decisions.ask(run.place('cutover'), {
        about: 'routing',
        options: isBack ? ['done', 'wait'] : ['done', 'wait', 'back'],
        byDefault: 'wait',
        shown: [change.instruction],
        pods: [],
        timeoutMs: run.duration(run.request.gates.timeout),
      }),
    );
    // Withdrawn: a person wants the users back.
    if (answer === undefined || (answer.kind === 'decision' && answer.decision === 'back')) {
      if (!isBack) {
        // Whether it was begun by hand is not known: so that there is no way back without asking.
        run.said = undefined;
        return false;
      }
    } else if (answer.kind === 'decision' && answer.decision === 'done') {
      run.said = to;
    }
  }
  const { status } = run;
  const moved = status.weights?.green !== to.green;
  status.weights = to;
  if (moved) status.moves.push({ at: now(), to, why });
  run.state.publish();
  return true;
}

/**
 * All users back to blue at once; then green's work stands still and blue's goes on. Nothing breaks it off. What the router
 * refuses is asked of a person, as often as it takes.
 */
export async function returnToBlue(run: MigrationRun, why: string, remark?: Remark): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const at = run.place('cutover');
    await insistOnBlue(run, why);
    run.state.status.currentVersion = run.hop.from;
    delete run.status.keepUntil;
    await workBackToBlue(run);
    const names = { blue: run.blue.cluster.name, green: run.sides.green.cluster.name };
    run.state.note(`${why} ${rollbackText({ ...names, stages: run.hop.stages })}`, at);
    if (remark !== undefined) {
      run.state.action(
        'rollback',
        `all users are back on ${run.blue.cluster.name}`,
        remark.by,
        remark.comment,
      );
    } else {
      run.state.announce({
        kind: 'failure',
        title: `The users are back on ${run.blue.cluster.name}`,
        lines: [why],
      });
    }
  });
}

/** @throws ApplicationFailure `PlatformRefused` when the router refuses to the last and nobody helps */
export async function insistOnBlue(run: MigrationRun, why: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      // With nobody to send back nothing is written, so that what bars a way there does not bar staying here.
      if (await nobodyIsOnGreen(run)) run.status.weights = allOnBlue;
      else await setWeights(run, allOnBlue, why);
      return;
    } catch (error) {
      const { message, type } = troubleOf(error);
      if (tries === triesToGoBack)
        throw failure(type, `The users could not be sent back to ${run.blue.cluster.name}. ${message}`);
      await run.decisions.ask(run.place('cutover'), {
        about: 'routing',
        options: ['done', 'wait'],
        byDefault: 'wait',
        shown: [
          `The users can't be sent back to ${run.blue.cluster.name}: ${message}`,
          'Mend that, or send them back by hand, and say `done`; `wait` tries again.',
        ],
        pods: [],
        timeoutMs: run.limit('retryInterval'),
      });
    }
  }
}

async function nobodyIsOnGreen(run: MigrationRun): Promise<boolean> {
  const { weights } = await steadily(run.state, () =>
    perform('readRouting', 'Are users on the new cluster?', {
      blue: run.blue,
      router: run.migration.routing,
      ...(run.said === undefined ? {} : { said: run.said }),
    }),
  );
  return weights?.green === 0;
}

/** What must not work twice: stops on blue, then starts on green. */
export async function workToGreen(run: MigrationRun): Promise<void> {
  const blue = run.blue.cluster.name;
  run.owe('releaseWork', `CronJobs, singletons and the like stand still on ${blue}`);
  await run.holding.untilWell(
    {
      place: run.place('cutover'),
      what: `What must not work twice does not stand still on ${blue}`,
      look: () => hold(run, 'blue'),
      againMs: run.state.reconnectMs,
    },
    run.request.timing,
  );
  noted(run, await release(run, 'green'));
}

/** The other way round. */
export async function workBackToBlue(run: MigrationRun): Promise<void> {
  if (!run.owes('releaseWork')) return;
  noted(run, await holdGreenIfItAnswers(run));
  noted(run, await release(run, 'blue'));
  run.settle('releaseWork', 'put-back');
}

/**
 * The users are back: blue's work is not kept waiting for a green that does not answer, or is not there any more. That it
 * may be done twice then is told.
 */
async function holdGreenIfItAnswers(run: MigrationRun): Promise<string[]> {
  try {
    // Twice what the activity itself may take, so that it ends by itself wherever green answers.
    return await CancellationScope.withTimeout(2 * run.limit('settleTimeout'), () => hold(run, 'green'));
  } catch (error) {
    const { name } = run.sides.green.cluster;
    const why = isCancellation(error) ? 'it did not answer in time' : troubleOf(error).message;
    return [
      `Whether what must not work twice stands still on ${name} is not known (${why}). It goes on on ${run.blue.cluster.name}: see to ${name} by hand.`,
    ];
  }
}

/** Lists what does not stand still. */
async function hold(run: MigrationRun, side: 'blue' | 'green'): Promise<string[]> {
  const { problems } = await steadily(run.state, () =>
    perform(
      'holdWork',
      `What must not work twice stands still on ${run.sides[side].cluster.name}`,
      work(run, side),
    ),
  );
  return problems;
}

/** Lists what does not go on. */
async function release(run: MigrationRun, side: 'blue' | 'green'): Promise<string[]> {
  const { problems } = await steadily(run.state, () =>
    perform('releaseWork', `What stood still goes on on ${run.sides[side].cluster.name}`, work(run, side)),
  );
  return problems;
}

function work(run: MigrationRun, side: 'blue' | 'green') {
  return {
    context: run.sides[side],
    side,
    singletons: run.stage('resources').singletons,
    madeBy: run.madeBy,
    timeoutMs: run.limit('settleTimeout'),
    pollMs: run.limit('pollInterval'),
  };
}

function noted(run: MigrationRun, problems: readonly string[]): void {
  for (const problem of problems) run.state.note(problem, run.place('cutover'));
}
