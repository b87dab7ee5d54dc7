import type { Plan } from './plan.ts';
import type { Request } from './request.ts';
import type { RequestTool } from './toolsSchema.ts';
import type { WorkflowType } from './workflowTypes.ts';

/**
 * The tools that an observation is to look at. While a plan is being carried out these are its own, each at the version
 * that was approved: a newer one that comes out meanwhile is for the next upgrade.
 */
export function toolsToObserve(
  request: Pick<Request, 'tools'>,
  workflowType: WorkflowType,
  approved?: Pick<Plan, 'hops'>,
): RequestTool[] {
  if (!['upgradeCluster', 'upgradeTool', 'migrateCluster'].includes(workflowType)) return [];
  const tools = request.tools ?? [];
  if (approved === undefined) return tools;
  const versions = new Map(
    approved.hops.flatMap(({ stages }) =>
      stages
        .flatMap((stage) =>
          stage.stage === 'tools' ? [stage] : stage.stage === 'green-tools' ? stage.tools : [],
        )
        .map(({ tool, to }) => [tool, to.version] as const),
    ),
  );
  return tools.flatMap((tool) => {
    const version = versions.get(tool.name);
    return version === undefined ? [] : [{ ...tool, version }];
  });
}
