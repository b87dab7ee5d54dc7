import type {
  ComparisonVerdict,
  GreenWorkloadsVerdict,
  ProbesVerdict,
} from '../../activities/migrationTypes.ts';
import type { StageStatus } from '../../contract/status.ts';
import { perform } from '../activities.ts';
import { failure } from '../failures.ts';
import { steadily } from '../steadily.ts';
import { counted, toolReleases } from './bringResources.ts';
import type { MigrationRun } from './migrationRun.ts';

/** What was seen of green from inside, before the users go over. */
export interface Inspection {
  comparison: ComparisonVerdict;
  workloads: GreenWorkloadsVerdict;
  probes: ProbesVerdict;
}

/** The stage that looks at green from inside. */
export async function lookInside(run: MigrationRun): Promise<Inspection> {
  let seen: Inspection | undefined;
  await run.inStage('green-verification', async (status) => {
    seen = await inspect(run, status);
  });
  return seen ?? inspect(run);
}

/**
 * Compares what is on both clusters, waits until green's workloads are as well as blue's, and asks the probes. Holds while
 * a difference is unexplained or a probe does not hold.
 *
 * @throws ApplicationFailure `WorkloadsBroken` when green's workloads are not well in time, or nobody mends or accepts what
 * is held over
 */
export async function inspect(run: MigrationRun, status?: StageStatus): Promise<Inspection> {
  const workloads = await untilHealthy(run);
  const comparison = await compared(run);
  const probes = await probed(run);
  if (status !== undefined) {
    run.detail(
      status,
      `${comparison.same} objects the same, ${workloads.compared} owners as well as before, ${probes.results.length} probes hold`,
    );
  }
  return { comparison, workloads, probes };
}

async function untilHealthy(run: MigrationRun): Promise<GreenWorkloadsVerdict> {
  const { healthyTimeout } = run.migration;
  const green = run.sides.green.cluster.name;
  const at = run.place('green-verification');
  const timeoutMs = run.duration(healthyTimeout);
  run.state.beginWait(
    'workloads',
    `The workloads of ${green} have to be as well as those of ${run.blue.cluster.name}.`,
    new Date(Date.now() + timeoutMs).toISOString(),
    at,
  );
  try {
    const verdict = await steadily(run.state, () =>
      perform('verifyGreenWorkloads', `Are the workloads of ${green} well?`, {
        sides: run.sides,
        stage: run.stage('resources'),
        tools: toolReleases(run),
        timeoutMs,
        pollMs: run.limit('pollInterval'),
      }),
    );
    run.state.evidence(verdict.evidence);
    if (verdict.well) return verdict;
    throw failure(
      'WorkloadsBroken',
      `After ${healthyTimeout} the workloads of ${green} are not as well as those of ${run.blue.cluster.name}: ${counted(verdict.behind, verdict.behindCount).join('; ')}`,
    );
  } finally {
    run.state.endWait('workloads', at);
  }
}

async function compared(run: MigrationRun): Promise<ComparisonVerdict> {
  const green = run.sides.green.cluster.name;
  const look = async (): Promise<ComparisonVerdict> => {
    const verdict = await steadily(run.state, () =>
      perform('compareSides', `Is everything on ${green}?`, {
        sides: run.sides,
        stage: run.stage('resources'),
        tools: toolReleases(run),
      }),
    );
    run.state.evidence(verdict.evidence);
    const { same, explained, unexplainedCount, contents } = verdict;
    run.status.compared = {
      ...{ same, explained, unexplainedCount },
      ...(contents === undefined
        ? {}
        : { contents: { compared: contents.compared, differing: contents.differing } }),
    };
    return verdict;
  };
  let last: ComparisonVerdict | undefined;
  await run.holding.untilWell(
    {
      place: run.place('green-verification'),
      what: `${green} lacks what ${run.blue.cluster.name} has, and nothing explains it`,
      look: async () => {
        last = await look();
        return counted(last.unexplained, last.unexplainedCount);
      },
      againMs: run.state.reconnectMs,
    },
    run.request.timing,
  );
  return last ?? look();
}

async function probed(run: MigrationRun): Promise<ProbesVerdict> {
  const { probes } = run.migration;
  let last: ProbesVerdict = { hold: true, results: [] };
  if (probes.length === 0) return last;
  const green = run.sides.green.cluster.name;
  await run.holding.untilWell(
    {
      place: run.place('green-verification'),
      what: `Probes of ${green} do not hold`,
      look: async () => {
        last = await steadily(run.state, () =>
          perform('probeGreen', `Does ${green} answer?`, { green: run.sides.green, probes }),
        );
        run.status.probed = last.results;
        return last.results
          .filter(({ state }) => state !== 'holds')
          .map(({ name, state, why }) => `${name} (${state}): ${why}`);
      },
      againMs: run.state.reconnectMs,
    },
    run.request.timing,
  );
  return last;
}
