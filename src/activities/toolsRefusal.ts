import type { ToolChange } from '../contract/tools.ts';
import type { HelmReleaseState } from '../tools/types.ts';

/** What there is of a release right before it is changed. */
export interface ReleaseSeen {
  namespace: 'absent' | 'active' | 'terminating';
  release?: HelmReleaseState;
}

/**
 * Why a release may not be changed now: it is not as the approved plan has it, or nobody could tell what helm would
 * make of it. Undefined when it may.
 *
 * @returns what is otherwise, and what to do next
 */
export function releaseRefusal(change: ToolChange, { namespace, release }: ReleaseSeen): string | undefined {
  const name = `${change.namespace}/${change.release}`;
  if (namespace === 'terminating') {
    return `Namespace ${change.namespace} is terminating, so nothing can be made in it. Find out who deletes it and what holds it up (its status has conditions), and start again once it is gone or there anew.`;
  }
  const { from } = change;
  if (from === undefined) {
    return release === undefined
      ? undefined
      : `Release ${name} was to be installed for the first time, and it is there already: ${stateOf(release)}. Plan anew: it is then upgraded instead.`;
  }
  if (release === undefined) {
    return `Release ${name} is gone: the plan was made for its revision ${from.revision} (${from.version}). Somebody has uninstalled it. Install it (\`stepladder tool install ${change.tool}\`), or leave it out.`;
  }
  if (release.status.startsWith('pending-') || release.status === 'uninstalling') {
    return `Release ${name} is at ${stateOf(release)}: somebody is changing it now, or was broken off while doing so. Let them finish, or take it back to revision ${from.revision} with \`helm rollback ${change.release} ${from.revision} -n ${change.namespace}\`, and start again.`;
  }
  if (release.revision !== from.revision || release.chart.version !== from.version) {
    return `Release ${name} is not what the plan was made for: that was revision ${from.revision} (${from.version}), and it is ${stateOf(release)}. Somebody has changed it since. Start again to plan from there.`;
  }
  if (release.status !== 'deployed') {
    return `Release ${name} is at ${stateOf(release)}: what of it is in force can't be told. Bring it to \`deployed\` first (\`helm rollback\`, or the same version again), and start again.`;
  }
  return undefined;
}

function stateOf({ revision, status, chart }: HelmReleaseState): string {
  return `revision ${revision} (${chart.name} ${chart.version}), ${status}`;
}
