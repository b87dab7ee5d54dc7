import { chartSourceOf } from '../../contract/chartSourceSchema.ts';
import { invalidInput } from '../../contract/request.ts';
import type { RequestProblem } from '../../contract/request.ts';
import type { ChartSource } from '../../contract/tools.ts';
import type { RequestTool } from '../../contract/toolsSchema.ts';
import { knownTools, profileOf } from '../profiles/index.ts';
import type { WantedTool } from '../types.ts';

/**
 * The tools of a request, with what their profiles know where the request says nothing.
 *
 * @throws StepladderError `InvalidInput` for a tool that no profile is of and that does not say where its chart comes
 *   from, or what its release and namespace are; each by its path
 */
export function wantedTools(tools: readonly RequestTool[]): WantedTool[] {
  const problems: RequestProblem[] = [];
  const wanted = tools.flatMap((tool, index): WantedTool[] => {
    const source = tool.source === undefined ? profileOf(tool.name).source : chartSourceOf(tool.source);
    const missing = missingOf(tool, source);
    problems.push(
      ...missing.map((field) => ({ path: `tools.${index}.${field}`, message: unknownTool(tool) })),
    );
    return source === undefined || missing.length > 0 ? [] : [filledUp(tool, source)];
  });
  if (problems.length > 0) throw invalidInput(problems);
  return wanted;
}

function filledUp(tool: RequestTool, source: ChartSource): WantedTool {
  const profile = profileOf(tool.name);
  const { name, version, versions, crds, values, awaitGit, helmfile } = tool;
  return {
    name,
    release: tool.release ?? profile.release,
    namespace: tool.namespace ?? profile.namespace,
    source,
    version,
    versions,
    crds,
    driver:
      helmfile === undefined
        ? { by: 'helm' }
        : {
            by: 'helmfile',
            file: helmfile.file,
            ...(helmfile.selector === undefined ? {} : { selector: helmfile.selector }),
          },
    values,
    awaitGit,
  };
}

/** What only the request can say of a tool that no profile is of. */
function missingOf(
  { name, release, namespace }: RequestTool,
  source: ChartSource | undefined,
): ('source' | 'release' | 'namespace')[] {
  if (knownTools.some((profile) => profile.name === name)) return [];
  return [
    ...(source === undefined ? ['source' as const] : []),
    ...(release === undefined ? ['release' as const] : []),
    ...(namespace === undefined ? ['namespace' as const] : []),
  ];
}

function unknownTool({ name }: RequestTool): string {
  const known = knownTools.map((profile) => profile.name).join(', ');
  return `is missing: "${name}" is none of the tools that are known here (${known})`;
}
