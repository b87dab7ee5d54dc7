import { StepladderError } from '../contract/errors.ts';
import type { ToolChange } from '../contract/tools.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { statusBehind } from '../kubernetes/errors.ts';
import { parse } from '../kubernetes/list.ts';
import { applicationSchema, judgeApplication } from '../tools/git/judgeApplication.ts';
import { pause } from './pause.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { ToolClusters } from './toolClusters.ts';
import type { ToolActivities } from './toolTypes.ts';

/** Waits for what Git does to a tool. Nothing is changed. */
export function toolsInGitActivity({
  clusters,
}: {
  clusters: ToolClusters;
}): Pick<ToolActivities, 'awaitToolInGit'> {
  return {
    async awaitToolInGit({ context, change, timeoutMs, pollMs }) {
      const { signal } = activityScope();
      const until = performance.now() + timeoutMs;
      let line = 'looking at its Application';
      return heartbeating(
        async () => {
          for (;;) {
            const { kubernetes } = await clusters.open(context, signal);
            const seen = await look(kubernetes, change, signal);
            const left = until - performance.now();
            if (seen.state === 'synced' || left <= 0) return seen;
            line = seen.line;
            await pause(Math.min(pollMs, left), signal);
          }
        },
        () => ({ line: `${change.tool}: ${line}` }),
      );
    },
  };
}

async function look(
  kubernetes: KubernetesConnection,
  change: ToolChange,
  signal: AbortSignal,
): Promise<{ state: 'synced' | 'waiting'; line: string }> {
  const application = change.awaitGit?.application ?? '';
  const [namespace = '', name = ''] = application.split('/');
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${encodeURIComponent(namespace)}/applications/${encodeURIComponent(name)}`;
  try {
    const answer = await kubernetes.getJson(path, { signal, what: `read Application ${application}` });
    return judgeApplication(parse(applicationSchema, answer, 'an Application'), change.to);
  } catch (error) {
    if (statusBehind(error)?.code !== 404) throw error;
    throw new StepladderError(
      'ToolRefused',
      `Application ${application}, which was to bring ${change.tool} to ${change.to.version}, is gone. Nothing was changed. Find out who manages the tool now, and start again.`,
      { application },
    );
  }
}
