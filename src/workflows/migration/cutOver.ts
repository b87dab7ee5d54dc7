import { isCancellation } from '@temporalio/workflow';
import type { StageStatus } from '../../contract/status.ts';
import { remainingSteps } from '../../routing/steps.ts';
import { perform } from '../activities.ts';
import { failure, troubleOf } from '../failures.ts';
import { steadily } from '../steadily.ts';
import { bringAgain, counted, toolReleases } from './bringResources.ts';
import { cutoverLines } from './gateLines.ts';
import { keepBlue } from './keepBlue.ts';
import { inspect } from './lookInside.ts';
import type { Inspection } from './lookInside.ts';
import type { MigrationRun } from './migrationRun.ts';
import { backBy, soak, untilGreenIsHealthy } from './soak.ts';
import type { StepEnd } from './soak.ts';
import { readWeights, returnToBlue, setWeights, workToGreen } from './weights.ts';

/**
 * The users go over to green when a person has approved that, and blue is kept until its time is over. Users who were sent
 * back are a new opening of the gate, with why, unless the request wants an end.
 *
 * @param first what was just seen of green; it is looked at anew before each further opening
 * @returns whether a person wants blue deleted
 * @throws ApplicationFailure `Rejected`, `RolledBack`
 */
export async function cutOver(run: MigrationRun, first: Inspection): Promise<boolean> {
  const returns: string[] = [];
  let inspection: Inspection | undefined = first;
  for (;;) {
    await run.inStage('cutover', async (status) => {
      for (;;) {
        if (inspection === undefined) run.detail(status, `${run.sides.green.cluster.name} is looked at anew`);
        inspection ??= await inspect(run);
        await readWeights(run);
        run.detail(status, 'waits for approval');
        await run.gates.ask('cutover', run.planDigest, cutoverLines(run, inspection, returns), run.request);
        await run.untilWindow();
        const end = await goOver(run, status);
        if (end.state === 'good') return;
        await goBack(run, end, returns);
        inspection = undefined;
      }
    });
    const kept = await keepBlue(run);
    if (typeof kept === 'string') return kept === 'retire';
    returns.push(kept.back);
    inspection = undefined;
  }
}

async function goBack(
  run: MigrationRun,
  { why, by }: Extract<StepEnd, { state: 'back' }>,
  returns: string[],
): Promise<void> {
  await returnToBlue(run, why, by);
  returns.push(why);
  if (by === undefined && run.migration.afterReturn === 'end') {
    throw failure('RolledBack', `The users were sent back to ${run.blue.cluster.name}: ${why}`);
  }
}

/** Step by step, with what must not work twice moved before the first. */
async function goOver(run: MigrationRun, status: StageStatus): Promise<StepEnd> {
  const passage = await run.orRollback(async (): Promise<StepEnd> => {
    let now = await readWeights(run);
    // Nobody is asked to set what is taken for granted.
    run.said ??= now;
    run.owe('restoreRouting', `the users' way by ${run.stage('cutover').router}`);
    const tryWeights = async (to: typeof now, why: string): Promise<StepEnd> => {
      try {
        const isSet = await setWeights(run, to, why, now);
        return isSet ? { state: 'good' } : { state: 'back', why: 'A person wants them back.', by: {} };
      } catch (error) {
        if (isCancellation(error)) throw error;
        return { state: 'back', why: `The weights could not be set. ${troubleOf(error).message}` };
      }
    };
    run.detail(status, `what has changed on ${run.blue.cluster.name} meanwhile`);
    await bringAgain(run);
    // With no user more there yet: a router judges the health only of targets that it may send to.
    run.detail(status, 'the router gets to know the new cluster');
    const attached = await tryWeights(now, 'before the first step');
    if (attached.state === 'back') return attached;
    const healthy = await untilGreenIsHealthy(run, status);
    if (healthy.state === 'back') return healthy;
    await workToGreen(run);
    for (const to of remainingSteps(run.stage('cutover').weights, now)) {
      await run.checkpoint();
      const ready = await hasTheReplicas(run);
      if (ready.state === 'back') return ready;
      const moved = await tryWeights(to, `step of ${to.green} %`);
      if (moved.state === 'back') return moved;
      now = to;
      const end = await soak(run, status, to);
      if (end.state === 'back') return end;
    }
    run.state.status.currentVersion = run.hop.to;
    run.detail(status, `all users are on ${run.sides.green.cluster.name}`);
    return { state: 'good' };
  });
  return 'rollback' in passage ? backBy(passage.rollback) : passage.done;
}

/** Before each step: of every owner at least the Ready replicas that blue has. */
async function hasTheReplicas(run: MigrationRun): Promise<StepEnd> {
  const green = run.sides.green.cluster.name;
  const { well, behind, behindCount } = await steadily(run.state, () =>
    perform('verifyGreenWorkloads', `Has ${green} the replicas for the next step?`, {
      sides: run.sides,
      stage: run.stage('resources'),
      tools: toolReleases(run),
      timeoutMs: run.duration(run.migration.healthyTimeout),
      pollMs: run.limit('pollInterval'),
    }),
  );
  if (well) return { state: 'good' };
  return {
    state: 'back',
    why: `${green} did not have the replicas for the next step: ${counted(behind, behindCount).join('; ')}`,
  };
}
