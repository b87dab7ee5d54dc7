import type { ActivityDependencies } from './dependencies.ts';
import type { ToolClusters } from './toolClusters.ts';
import { toolsChangeActivities } from './toolsChange.ts';
import { toolsInGitActivity } from './toolsInGit.ts';
import { toolsLookActivities } from './toolsLook.ts';
import type { ToolActivities } from './toolTypes.ts';

/** All that is done about one cluster tool: it is looked at, changed, taken back, and waited for. */
export function toolActivities(
  dependencies: { clusters: ToolClusters } & Pick<ActivityDependencies, 'evidence' | 'env' | 'now' | 'log'>,
): ToolActivities {
  return {
    ...toolsLookActivities(dependencies),
    ...toolsChangeActivities(dependencies),
    ...toolsInGitActivity(dependencies),
  };
}
