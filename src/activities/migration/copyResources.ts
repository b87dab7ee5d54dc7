import { StepladderError } from '../../contract/errors.ts';
import type { ResourceSource } from '../../contract/migration.ts';
import { CopyAccount } from '../../kubernetes/copying/copyAccount.ts';
import { copyFromBlue } from '../../kubernetes/copying/copyObjects.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { keep } from '../evidence.ts';
import type { CopyVerdict, MigrationActivities } from '../migrationTypes.ts';
import { activityScope, heartbeating } from '../scope.ts';

/** Lines of refusals that a workflow is given; all of them are in the evidence. */
const shownRefusals = 20;

/** Brings all resources to green, source by source. Object bodies go from cluster to cluster and nowhere else. */
export function copyResourcesActivity({
  clusters,
  evidence,
}: Pick<ActivityDependencies, 'clusters' | 'evidence'>): Pick<MigrationActivities, 'copyResources'> {
  return {
    async copyResources({ sides, stage, tools, madeBy }) {
      const { signal } = activityScope();
      const account = new CopyAccount();
      await heartbeating(
        async () => {
          const [blue, green] = await Promise.all([
            clusters.open(sides.blue, signal),
            clusters.open(sides.green, signal),
          ]);
          const both = { blue: blue.kubernetes, green: green.kubernetes };
          for (const source of stage.sources)
            await bring(source, { ...both, stage, tools, madeBy, account, signal });
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

type Bringing = Omit<Parameters<typeof copyFromBlue>[0], 'exclude'>;

async function bring(source: ResourceSource, bringing: Bringing): Promise<void> {
  if ('copy' in source) return copyFromBlue({ ...bringing, exclude: source.copy });
  throw new StepladderError(
    'InvalidInput',
    'Only {"copy": {…}} is supported as a source of resources so far.',
  );
}
