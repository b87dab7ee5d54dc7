import type { ResourceSource } from '../../contract/migration.ts';
import { chooseArgoCd, leftToArgoCd } from '../../kubernetes/argoCd/chosen.ts';
import type { Chosen } from '../../kubernetes/argoCd/chosen.ts';
import { bringManifests } from '../../kubernetes/copying/bringManifests.ts';
import type { CopyTarget } from '../../kubernetes/copying/bringObject.ts';
import { CopyAccount } from '../../kubernetes/copying/copyAccount.ts';
import { copyFromBlue } from '../../kubernetes/copying/copyObjects.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { keep } from '../evidence.ts';
import type { CopyVerdict, MigrationActivities } from '../migrationTypes.ts';
import { activityScope, heartbeating } from '../scope.ts';
import { bringApplications } from './bringApplications.ts';
import { bringHelmfile, bringOneChart } from './bringByHelm.ts';
import { openSides } from './openSides.ts';
import { readManifests } from './readManifests.ts';
import { chartReleases } from './selectionOf.ts';

type Dependencies = Pick<ActivityDependencies, 'clusters' | 'evidence' | 'env' | 'log'>;
type Input = Parameters<MigrationActivities['copyResources']>[0];

/** Lines of refusals that a workflow is given; all of them are in the evidence. */
const shownRefusals = 20;

/** What an upgrade of a release before says nothing of: the request's defaults. Milliseconds. */
const defaultTimeoutMs = 15 * 60_000;
const defaultPollMs = 10_000;

/** Brings all resources to green, source by source. Object bodies go from cluster to cluster and nowhere else. */
export function copyResourcesActivity(
  dependencies: Dependencies,
): Pick<MigrationActivities, 'copyResources'> {
  const { clusters, evidence } = dependencies;
  return {
    async copyResources(input) {
      const { sides, stage, madeBy } = input;
      const { signal } = activityScope();
      const account = new CopyAccount();
      await heartbeating(
        async () => {
          const { blue, green } = await openSides(clusters, sides, signal);
          const target = { green, singletons: stage.singletons, madeBy, signal, account };
          // Looked at before anything is brought: copying leaves it alone.
          const chosen = await chosenOf(input, blue, signal);
          for (const source of stage.sources)
            await bring(source, { blue, target, input, dependencies, chosen });
        },
        () => ({ line: account.line() }),
      );
      const record = account.record();
      const verdict: Omit<CopyVerdict, 'evidence'> = {
        ...account.counts(),
        refused: record.refused.slice(0, shownRefusals).map(({ object, why }) => `${object}: ${why}`),
        refusedCount: record.refused.length,
      };
      const count = verdict.applied + verdict.unchanged;
      return {
        ...verdict,
        evidence: await keep(evidence, sides.green.evidencePrefix, 'copied', record, count),
      };
    },
  };
}

/** What the source of Argo CD is about, where there is one. */
async function chosenOf(
  { sides, stage, tools }: Input,
  blue: KubernetesConnection,
  signal: AbortSignal,
): Promise<Chosen | undefined> {
  const source = stage.sources.find((each) => 'argoCd' in each);
  if (source === undefined) return undefined;
  return chooseArgoCd(blue, source.argoCd, { blueServer: sides.blue.identity.endpoint, tools, signal });
}

async function bring(
  source: ResourceSource,
  {
    blue,
    target,
    input,
    dependencies,
    chosen,
  }: {
    blue: KubernetesConnection;
    target: CopyTarget & { signal: AbortSignal };
    input: Input;
    dependencies: Dependencies;
    chosen: Chosen | undefined;
  },
): Promise<void> {
  const { green, account, signal, singletons, madeBy } = target;
  if ('copy' in source) {
    const { volumes, sources } = input.stage;
    const tools = [...input.tools, ...chartReleases(sources)];
    const named = chosen === undefined ? undefined : leftToArgoCd(chosen, true);
    return copyFromBlue({ blue, target, volumes, exclude: source.copy, tools, named });
  }
  if ('manifests' in source) {
    account.begin(`reading the manifests of ${source.manifests.path}`);
    return bringManifests(
      await readManifests(source.manifests.path, { environment: dependencies.env, signal }),
      target,
    );
  }
  if ('argoCd' in source) {
    const { timeoutMs = defaultTimeoutMs, pollMs = defaultPollMs } = input;
    if (chosen !== undefined)
      await bringApplications({ source: source.argoCd, chosen, target, timeoutMs, pollMs });
    return;
  }
  const by = { sides: input.sides, green, singletons, madeBy, signal, account, dependencies };
  return 'chart' in source ? bringOneChart(by, source.chart) : bringHelmfile(by, source.helmfile);
}
