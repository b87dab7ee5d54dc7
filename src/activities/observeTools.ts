import type { RequestTool } from '../contract/toolsSchema.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { wantedTools } from '../tools/choice/wantedTools.ts';
import { findHelm } from '../tools/helm/binary.ts';
import { observeTool } from '../tools/observeTool.ts';
import type { ObservedTool } from '../tools/types.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { keep } from './evidence.ts';
import type { ClusterContext } from './types.ts';

/** With what the tools of a request are looked at. */
interface ToolsSight extends Pick<ActivityDependencies, 'evidence' | 'env' | 'log'> {
  connection: KubernetesConnection;
  context: ClusterContext;
  signal: AbortSignal;
}

/**
 * Looks at the tools of a request, one after the other: each may fetch charts and render them.
 *
 * @throws StepladderError as `observeTool`; `InvalidInput` for a tool of which too little is known
 */
export async function observeTools(
  { connection, context, evidence, env, log, signal }: ToolsSight,
  tools: readonly RequestTool[],
): Promise<ObservedTool[]> {
  const environment = { ...env };
  const found: ObservedTool[] = [];
  for (const wanted of wantedTools(tools)) {
    const observed = await observeTool(
      {
        ...{ connection, signal, environment },
        findHelm: () => findHelm({ environment, log: (line) => log.warn(line) }),
        keepDifference: (tool, text) =>
          keep(evidence, context.evidencePrefix, `tool-${tool}-difference`, text, 1),
      },
      wanted,
    );
    found.push(observed);
  }
  return found;
}
