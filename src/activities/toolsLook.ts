import { z } from 'zod';
import { StepladderError } from '../contract/errors.ts';
import type { ToolChange } from '../contract/tools.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { parse } from '../kubernetes/list.ts';
import { readRelease } from '../tools/observe/index.ts';
import { profileOf } from '../tools/profiles/index.ts';
import { awaitToolWell, lookAtTool, toolStateSchema } from '../tools/verify/index.ts';
import type { ToolState } from '../tools/verify/index.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { keep } from './evidence.ts';
import { pause } from './pause.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { ToolClusters } from './toolClusters.ts';
import { releaseRefusal } from './toolsRefusal.ts';
import type { ReleaseSeen } from './toolsRefusal.ts';
import type { ToolActivities } from './toolTypes.ts';

/** Lines that stand in a verdict at most; the evidence has all. */
const shownLines = 20;

/** How a tool and what it serves stand, before its upgrade and after it. Nothing is changed. */
export function toolsLookActivities({
  clusters,
  evidence,
  now,
}: { clusters: ToolClusters } & Pick<ActivityDependencies, 'evidence' | 'now'>): Pick<
  ToolActivities,
  'prepareTool' | 'verifyTool'
> {
  return {
    async prepareTool({ context, change }) {
      const { signal } = activityScope();
      return heartbeating(async () => {
        const { kubernetes } = await clusters.open(context, signal);
        const seen = await seeRelease(kubernetes, change, signal);
        const refusal = change.awaitGit === undefined ? releaseRefusal(change, seen) : undefined;
        if (refusal !== undefined) throw refused(change, refusal);
        const state = await lookAt(kubernetes, change, signal);
        refuseBlindness(change, state);
        return {
          ...(seen.release === undefined ? {} : { revision: seen.release.revision }),
          before: await keep(evidence, context.evidencePrefix, `tool-${change.tool}`, state, countOf(state)),
        };
      });
    },

    async verifyTool({ context, change, before: reference, settleMs, pollMs, rolledBack = false }) {
      const { signal } = activityScope();
      const seen = toolStateSchema.parse(await evidence.read(reference));
      let line = 'looking whether it is as well as before';
      const { well, comparison, state } = await heartbeating(
        async () => {
          const look = async () => {
            const { kubernetes } = await clusters.open(context, signal);
            return lookAt(kubernetes, change, signal);
          };
          return awaitToolWell({
            before: rolledBack ? withWarningsOf(await look(), seen) : seen,
            ...{ look, settleMs, pollMs },
            pause: (milliseconds) => pause(milliseconds, signal),
            onLook: (text) => {
              line = text;
            },
          });
        },
        () => ({ line: `${change.tool}: ${line}` }),
      );
      const { problems, unknown } = comparison;
      return {
        well,
        problems: problems.slice(0, shownLines),
        problemCount: problems.length,
        unknown: unknown.slice(0, shownLines),
        evidence: await keep(
          evidence,
          context.evidencePrefix,
          `tool-${change.tool}`,
          { ...comparison, state },
          countOf(state),
        ),
      };
    },
  };

  function lookAt(kubernetes: KubernetesConnection, change: ToolChange, signal: AbortSignal) {
    const { tool, release, namespace } = change;
    return lookAtTool(kubernetes, { profile: profileOf(tool), release, namespace }, now(), signal);
  }
}

/** What the upgrade that was taken back has left in Events says nothing of how the tool is now. */
function withWarningsOf({ warnings }: ToolState, before: ToolState): ToolState {
  return warnings === undefined ? before : { ...before, warnings };
}

/** What can't be looked at now could not be compared afterwards, so that it would never be well (rule 11). */
function refuseBlindness(change: ToolChange, { unknown }: ToolState): void {
  if (unknown.length === 0) return;
  const parts = unknown.map(({ part, reason }) => `${part}: ${reason}`);
  throw refused(
    change,
    `How ${change.tool} and what it serves stand can't all be looked at, so nobody could tell afterwards whether they are well: ${parts.join('; ')} Grant the worker what it says (deploy/kubernetes/cluster-role.yaml), and start again.`,
  );
}

function refused({ tool, namespace, release }: ToolChange, message: string): StepladderError {
  return new StepladderError('ToolRefused', `${message} Nothing was changed.`, {
    tool,
    release: `${namespace}/${release}`,
  });
}

async function seeRelease(
  kubernetes: KubernetesConnection,
  { namespace, release: name }: ToolChange,
  signal: AbortSignal,
): Promise<ReleaseSeen> {
  const phase = await namespacePhase(kubernetes, namespace, signal);
  const seen = await readRelease(kubernetes, { namespace, release: name }, signal);
  return {
    namespace: phase === undefined ? 'absent' : phase === 'Terminating' ? 'terminating' : 'active',
    // A history that was kept after an uninstallation is no release.
    ...(seen === undefined || seen.state.status === 'uninstalled' ? {} : { release: seen.state }),
  };
}

const namespacesSchema = z.object({
  items: z.array(z.object({ status: z.object({ phase: z.string().optional() }).prefault({}) })).nullish(),
});

/** Undefined when there is no namespace of that name. */
async function namespacePhase(
  kubernetes: KubernetesConnection,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await kubernetes.getJson('/api/v1/namespaces', {
    query: { fieldSelector: `metadata.name=${name}` },
    signal,
    what: 'list namespaces',
  });
  const [found] = parse(namespacesSchema, answer, 'a list of namespaces').items ?? [];
  return found === undefined ? undefined : (found.status.phase ?? 'Active');
}

function countOf({ workloads = [], applications = [], loadBalancers = [], leases = [] }: ToolState): number {
  return workloads.length + applications.length + loadBalancers.length + leases.length;
}
