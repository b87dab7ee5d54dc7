import { StepladderError } from '../contract/errors.ts';
import type { ToolChange } from '../contract/tools.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { applyCrds } from '../tools/crds/index.ts';
import { findHelm } from '../tools/helm/binary.ts';
import { rollBackRelease, upgradeRelease } from '../tools/helm/bringRelease.ts';
import type { ReleaseWork } from '../tools/helm/bringRelease.ts';
import { crdsOfChange } from '../tools/crdsOfChange.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { ToolClusters } from './toolClusters.ts';
import type { ToolActivities } from './toolTypes.ts';
import type { ClusterContext } from './types.ts';

/** Where the caller does not say: as long as helm itself allows twice. Milliseconds. */
const defaultTimeoutMs = 10 * 60_000;

/** What changes a tool: its CRDs, its release, and the way back. */
export function toolsChangeActivities({
  clusters,
  env,
  log,
}: { clusters: ToolClusters } & Pick<ActivityDependencies, 'env' | 'log'>): Pick<
  ToolActivities,
  'applyToolCrds' | 'upgradeTool' | 'rollBackTool'
> {
  return {
    applyToolCrds: ({ context, change, timeoutMs = defaultTimeoutMs }) =>
      working(context, change, async ({ helm, connection, signal, environment, progress }) => {
        const { applied: names } = change.crds;
        progress(`reading the CRDs of ${change.to.version}`);
        const crds = await crdsOfChange({ helm, connection, signal, environment }, change);
        const missing = names.filter((name) => !crds.some((crd) => crd.name === name));
        if (missing.length > 0) {
          throw new StepladderError(
            'ToolFailed',
            `${change.tool} ${change.to.version} does not have the CRDs that the plan has of it: ${missing.join(', ')}. What is published under that version was changed since. Nothing was applied; start again to plan from there.`,
            { tool: change.tool, crds: missing },
          );
        }
        progress(`applying ${names.join(', ')}`);
        await applyCrds(
          connection,
          crds.filter(({ name }) => names.includes(name)),
          { signal, timeoutMs },
        );
        // All of them are as they should be now, whichever run has brought them there.
        return { applied: names };
      }),

    upgradeTool: ({ context, change, revisionBefore, upgrade, timeoutMs = defaultTimeoutMs }) =>
      working(context, change, (work) =>
        upgradeRelease(work, {
          ...{ change, revisionBefore, timeoutMs },
          description: `Stepladder: ${change.from === undefined ? '' : `${change.from.version} to `}${change.to.version} (${upgrade})`,
        }),
      ),

    rollBackTool: ({ context, change, revisionBefore, timeoutMs = defaultTimeoutMs }) =>
      working(context, change, (work) => rollBackRelease(work, { change, revisionBefore, timeoutMs })),
  };

  /** Has helm at hand and heartbeats what is being done. */
  function working<T>(
    context: ClusterContext,
    { tool }: ToolChange,
    work: (
      by: ReleaseWork & {
        signal: AbortSignal;
        progress: (line: string) => void;
        connection: KubernetesConnection;
      },
    ) => Promise<T>,
  ): Promise<T> {
    const { signal } = activityScope();
    let line = 'looking for helm';
    return heartbeating(
      async () => {
        const environment = { ...env };
        const helm = await findHelm({ environment, log: (text) => log.warn(text) });
        const { kubernetes } = await clusters.open(context, signal);
        return work({
          ...{ helm, connection: kubernetes, signal, environment },
          progress: (text) => {
            line = text;
          },
        });
      },
      () => ({ line: `${tool}: ${line}` }),
    );
  }
}
