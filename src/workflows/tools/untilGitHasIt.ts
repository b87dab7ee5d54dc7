import { perform } from '../activities.ts';
import { failure } from '../failures.ts';
import { steadily } from '../steadily.ts';
import type { ToolRun } from './toolRun.ts';

/**
 * Waits until Git has brought a tool that Argo CD manages to its version; the upgrade itself changes nothing of it.
 *
 * @param application `argocd/external-dns`
 * @throws ApplicationFailure `ToolFailed` at the end of `timing.gitTimeout`
 */
export async function untilGitHasIt(tool: ToolRun, application: string): Promise<void> {
  const { run, change } = tool;
  const until = Date.now() + tool.limit('gitTimeout');
  try {
    // The first look only finds out whether there is anything to wait for.
    for (let timeoutMs = 0; ; timeoutMs = Math.max(0, until - Date.now())) {
      const { state, line } = await steadily(run, (isWaiting) =>
        perform('awaitToolInGit', `Has Git brought ${change.tool} to ${change.to.version}?`, {
          ...tool.step,
          timeoutMs: isWaiting ? 0 : timeoutMs,
          pollMs: tool.limit('pollInterval'),
        }),
      );
      if (state === 'synced') return;
      if (Date.now() >= until) {
        throw failure(
          'ToolFailed',
          `Git has not brought ${change.tool} to ${change.to.version} within ${tool.limitText('gitTimeout')}: ${line}. Nothing of it was changed. Change the version in Git, and start again.`,
        );
      }
      run.beginWait(
        'git',
        `Argo CD manages ${change.tool} (Application ${application}): change its version to ${change.to.version} in Git, and the upgrade goes on when it is synced. Now: ${line}.`,
        new Date(until).toISOString(),
      );
    }
  } finally {
    run.endWait('git');
  }
}
