import { condition } from '@temporalio/workflow';
import type { Remark } from '../../contract/messages.ts';
import type { RoutingWeights } from '../../contract/routing.ts';
import type { StageStatus } from '../../contract/status.ts';
import type { StepVerdict } from '../../routing/judgeStep.ts';
import { perform } from '../activities.ts';
import { steadily } from '../steadily.ts';
import type { MigrationRun } from './migrationRun.ts';

/** What came of a step: the next may follow, or all users go back. `by` where a person wanted that. */
export type StepEnd = { state: 'good' } | { state: 'back'; why: string; by?: Remark };

/** Back because a person has said so. */
export function backBy(remark: Remark): Extract<StepEnd, { state: 'back' }> {
  const { by, comment } = remark;
  return {
    state: 'back',
    why: `${by ?? 'A person'} wanted it${comment === undefined ? '' : `: ${comment}`}.`,
    by: remark,
  };
}

/** More than one looks back on. */
const keptLooks = 100;

/** Watches a step until its time is over: on when the last look is good, back after bad ones in a row. */
export async function soak(run: MigrationRun, status: StageStatus, at: RoutingWeights): Promise<StepEnd> {
  const { soak: length, lookEvery, badLooks } = run.migration.steps;
  const place = run.place('cutover');
  const green = run.sides.green.cluster.name;
  for (;;) {
    const until = Date.now() + run.duration(length);
    run.detail(status, `${at.green} % on ${green}`);
    run.state.beginWait(
      'soak',
      `${at.green} % of the users are on ${green}; that is watched for ${length}. \`rollback\` sends them back.`,
      new Date(until).toISOString(),
      place,
    );
    try {
      const looks: StepVerdict[] = [];
      let why: string[];
      for (;;) {
        const pauseMs = Math.max(1, Math.min(run.duration(lookEvery), until - Date.now()));
        await condition(() => false, pauseMs, { summary: `before the next look at ${at.green} %` });
        const { look, soak: verdict, line } = await lookAt(run, looks, badLooks, Date.now() >= until);
        looks.push(look);
        if (looks.length > keptLooks) looks.shift();
        run.detail(status, `${at.green} % on ${green}: ${line}`);
        if (verdict.verdict === 'go on') return { state: 'good' };
        if (verdict.verdict === 'return') {
          return { state: 'back', why: `At ${at.green} % ${green} did worse: ${verdict.why.join(' ')}` };
        }
        if (verdict.verdict === 'watch') continue;
        why = verdict.why;
        break;
      }
      const end = await askAbout(run, at, why);
      if (end !== 'wait') return end;
    } finally {
      run.state.endWait('soak', place);
    }
  }
}

/** Before the first step: nobody is sent to targets that the router has not found healthy. */
export async function untilGreenIsHealthy(run: MigrationRun, status: StageStatus): Promise<StepEnd> {
  const { healthyTimeout } = run.migration;
  let until = Date.now() + run.duration(healthyTimeout);
  for (;;) {
    // However many bad looks: until the time is over they mean that it is not healthy yet.
    const { look, line } = await lookAt(run, [], Number.MAX_SAFE_INTEGER, true);
    run.detail(status, `before the first step: ${line}`);
    if (look.verdict === 'go on') return { state: 'good' };
    if (Date.now() >= until && look.verdict === 'unknown') {
      // A router that does not look after targets, and no probe: only a person can say.
      const end = await askAbout(run, run.status.weights ?? { blue: 100, green: 0 }, look.why);
      if (end !== 'wait') return end;
      until = Date.now() + run.duration(healthyTimeout);
    } else if (Date.now() >= until) {
      return {
        state: 'back',
        why: `Within ${healthyTimeout} the router did not find ${run.sides.green.cluster.name} healthy: ${look.why.join(' ')}`,
      };
    }
    const pauseMs = Math.min(run.duration(run.migration.steps.lookEvery), run.limit('pollInterval'));
    await condition(() => false, pauseMs, { summary: 'until the router finds the new cluster healthy' });
  }
}

function lookAt(run: MigrationRun, looks: StepVerdict[], badLooks: number, isOver: boolean) {
  return steadily(run.state, () =>
    perform('lookAtStep', `How does ${run.sides.green.cluster.name} serve its users?`, {
      sides: run.sides,
      router: run.migration.routing,
      probes: run.migration.probes,
      looks,
      badLooks,
      isOver,
    }),
  );
}

/** Unknown is never a success: a person says, and nobody answering, it is watched for as long again. */
async function askAbout(run: MigrationRun, at: RoutingWeights, why: string[]): Promise<StepEnd | 'wait'> {
  const answer = await run.decisions.ask(run.place('cutover'), {
    about: 'step',
    options: ['wait', 'forward', 'back'],
    byDefault: 'wait',
    shown: [
      `${at.green} % of the users are on ${run.sides.green.cluster.name}, and how it does is not known:`,
      ...why,
    ],
    pods: [],
    timeoutMs: run.duration(run.request.gates.timeout),
  });
  if (answer?.kind !== 'decision') return 'wait';
  const { decision, by = 'a person' } = answer;
  if (decision === 'forward') return { state: 'good' };
  if (decision !== 'back') return 'wait';
  return { state: 'back', why: `At ${at.green} % ${by} sent them back: ${why.join(' ')}`, by: { by } };
}
