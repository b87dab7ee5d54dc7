import { StepladderError } from '../../contract/errors.ts';
import { findHelm } from '../../tools/helm/binary.ts';
import { installOnGreen } from '../../tools/green/installOnGreen.ts';
import type { ClusterNames } from '../../tools/green/valuesForGreen.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { activityScope, heartbeating } from '../scope.ts';
import type { ClusterContext } from '../types.ts';

/** As long as helm itself allows a hook twice. Milliseconds. */
const hookTimeoutMs = 10 * 60_000;

/** Installs the request's tools on green, one after the other in the plan's order. */
export function installGreenToolsActivity({
  clusters,
  env,
  log,
}: Pick<ActivityDependencies, 'clusters' | 'env' | 'log'>): Pick<MigrationActivities, 'installGreenTools'> {
  return {
    async installGreenTools({ sides, stage, madeBy }) {
      const { signal } = activityScope();
      let line = 'looking for helm';
      return heartbeating(
        async () => {
          const environment = { ...env };
          const helm = await findHelm({ environment, log: (text) => log.warn(text) });
          const installed: string[] = [];
          const notes: string[] = [];
          for (const change of stage.tools) {
            const progress = (text: string) => {
              line = `${change.tool}: ${text}`;
            };
            progress('looking at it');
            const { kubernetes: blue } = await clusters.open(sides.blue, signal);
            const { kubernetes: green } = await clusters.open(sides.green, signal);
            const by = {
              ...{ helm, blue, green, madeBy, signal, environment, progress, timeoutMs: hookTimeoutMs },
              names: { blue: namesOf(sides.blue), green: namesOf(sides.green) },
            };
            try {
              const { isNew, takenBack } = await installOnGreen(by, change);
              if (isNew) installed.push(change.tool);
              if (takenBack !== undefined) notes.push(`${change.tool} on ${stage.cluster}: ${takenBack}`);
            } catch (error) {
              throw named(error, change.tool, stage.cluster);
            }
          }
          return { installed, ...(notes.length === 0 ? {} : { notes }) };
        },
        () => ({ line }),
      );
    },
  };
}

function namesOf({ cluster: { name }, identity: { arn, endpoint } }: ClusterContext): ClusterNames {
  return { name, arn, endpoint };
}

/** Helm's words say which release; which tool of the request that is, and where, only we can. */
function named(error: unknown, tool: string, cluster: string): unknown {
  if (!(error instanceof StepladderError)) return error;
  if (error.type !== 'ToolFailed' && error.type !== 'ToolRefused') return error;
  return new StepladderError(
    error.type,
    `${tool} could not be installed on ${cluster}: ${error.message}`,
    { ...error.details, tool, cluster },
    { cause: error },
  );
}
