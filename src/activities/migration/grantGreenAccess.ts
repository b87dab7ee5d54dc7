import { inOrder } from '../../kubernetes/inOrder.ts';
import type { CopyOutcome } from '../../platform/clusterCopy.ts';
import { clientToken } from '../clientToken.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { madeByNote, madeByNoteKey } from '../madeBy.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { activityScope, heartbeating } from '../scope.ts';

/** Lets people, machines and Pods in to green as they are let in to blue. */
export function grantGreenAccessActivity({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<MigrationActivities, 'grantGreenAccess'> {
  return {
    async grantGreenAccess({ sides, stage, madeBy }) {
      const { signal } = activityScope();
      await clusters.open(sides.blue, signal);
      const { platform } = await clusters.open(sides.green, signal);
      const { arn, endpoint } = sides.green.identity;
      const like = sides.blue.cluster.name;
      const notes = { [madeByNoteKey]: madeByNote(madeBy) };
      // No two clusters have one endpoint, also when the one took the other's name.
      const token = (what: string, of: string[]) => clientToken(madeBy, what, [arn, endpoint, ...of], 1);
      const progress = { line: `access to ${stage.cluster}` };
      return heartbeating(
        async () => {
          const outcomes: CopyOutcome[] = [];
          const letIn = (principal: string) =>
            platform.letIn(
              // Of a cluster that we have made nobody else has an entry that would be spoiled.
              { like, principal, complete: stage.create, notes, token: token('let-in', [principal]) },
              signal,
            );
          for await (const outcome of inOrder(stage.accessEntries, letIn)) outcomes.push(outcome);
          const give = (of: string) => {
            const [namespace = '', serviceAccount = ''] = of.split('/');
            return platform.givePodIdentity(
              { like, namespace, serviceAccount, notes, token: token('pod-identity', [of]) },
              signal,
            );
          };
          for await (const outcome of inOrder(stage.podIdentities, give)) outcomes.push(outcome);
          return { made: outcomes.filter((outcome) => outcome === 'made' || outcome === 'completed').length };
        },
        () => progress,
      );
    },
  };
}
