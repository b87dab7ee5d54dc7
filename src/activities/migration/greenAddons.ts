import { inOrder } from '../../kubernetes/inOrder.ts';
import type { ObservedAddon } from '../../plan/observation.ts';
import type { Platform } from '../../platform/platform.ts';
import { clientToken } from '../clientToken.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { madeByNote, madeByNoteKey } from '../madeBy.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { pause } from '../pause.ts';
import { activityScope, heartbeating } from '../scope.ts';

/** Gives green the add-ons that blue has, at the versions of the plan. */
export function greenAddonActivities({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<
  MigrationActivities,
  'createGreenAddons' | 'awaitGreenAddons'
> {
  return {
    async createGreenAddons({ sides, stage, madeBy }) {
      const { signal } = activityScope();
      await clusters.open(sides.blue, signal);
      const { platform } = await clusters.open(sides.green, signal);
      const { arn, endpoint } = sides.green.identity;
      return heartbeating(async () => {
        let made = 0;
        // One after another, in the plan's order: the network comes before what needs it.
        for (const { name, version } of stage.addons) {
          const outcome = await platform.createAddon(
            {
              like: sides.blue.cluster.name,
              name,
              version,
              notes: { [madeByNoteKey]: madeByNote(madeBy) },
              token: clientToken(madeBy, 'create-add-on', [arn, endpoint, name, version], 1),
            },
            signal,
          );
          if (outcome === 'made') made += 1;
        }
        return { made };
      });
    },

    async awaitGreenAddons({ green, stage, timeoutMs, pollMs }) {
      const { signal, heartbeat } = activityScope();
      const until = performance.now() + timeoutMs;
      const progress = { line: `add-ons on ${stage.cluster}: to be ACTIVE` };
      return heartbeating(
        async () => {
          for (;;) {
            const { platform } = await clusters.open(green, signal);
            const addons = await look(platform, stage.addons, signal);
            const problems = addons.flatMap((addon) => (addon.status === 'ACTIVE' ? [] : [lineOf(addon)]));
            if (problems.length === 0) return { state: 'active', problems };
            if (addons.some(({ status }) => hasFailed(status))) return { state: 'failed', problems };
            const left = until - performance.now();
            if (left <= 0) return { state: 'still-running', problems };
            progress.line = `add-ons on ${stage.cluster}: ${problems.join('; ')}`;
            heartbeat(progress);
            await pause(Math.min(pollMs, left), signal);
          }
        },
        () => progress,
      );
    },
  };
}

async function look(
  platform: Platform,
  wanted: readonly { name: string }[],
  signal: AbortSignal,
): Promise<ObservedAddon[]> {
  const there = new Set(await platform.listAddons(signal));
  const found: ObservedAddon[] = [];
  const describe = async ({ name }: { name: string }): Promise<ObservedAddon> =>
    there.has(name)
      ? platform.describeAddon(name, signal)
      : { name, version: '', status: 'NOT THERE', tags: {}, healthIssues: [] };
  for await (const addon of inOrder(wanted, describe)) found.push(addon);
  return found;
}

/** DEGRADED is none of these: an add-on is that until there are nodes for its Pods. */
function hasFailed(status: string): boolean {
  return ['CREATE_FAILED', 'DELETING', 'DELETE_FAILED', 'NOT THERE'].includes(status);
}

function lineOf({ name, status, healthIssues }: ObservedAddon): string {
  return `add-on ${name} is ${status}${healthIssues.length === 0 ? '' : `: ${healthIssues.join('; ')}`}`;
}
