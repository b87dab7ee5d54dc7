import type { Finding, Severity } from '../../contract/finding.ts';
import { toolsToObserve } from '../../contract/toolsToObserve.ts';
import { profileOf } from '../../tools/profiles/index.ts';
import type { ObservedTool, ToolProblem } from '../../tools/types.ts';
import { seenBy } from '../check.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** How bad each kind of problem is for a first installation; what only ails the old cluster's release is left out. */
const judged: Readonly<Partial<Record<ToolProblem['kind'], Severity>>> = {
  'unreachable-source': 'unknown',
  'no-such-version': 'blocker',
  'broken-chart': 'blocker',
  'no-helm': 'blocker',
  'values-do-not-render': 'blocker',
  unseen: 'unknown',
};

/** What stands against installing the request's tools on the new cluster. Their CRDs are new there: no policy applies. */
export const greenTools: MigrationCheck = (input) => [
  ...unobserved(input),
  ...(input.observation.tools ?? []).flatMap((tool) => judge(input, tool)),
];

function judge(input: MigrationCheckInput, tool: ObservedTool): Finding[] {
  const found = [...problems(input, tool), ...keptByGit(input, tool), ...refused(input, tool)];
  const told = found.some(({ severity }) => severity === 'blocker' || severity === 'unknown');
  return tool.chosen !== undefined || told
    ? found
    : [
        ...found,
        finding(
          input,
          tool,
          'unknown',
          `Too little could be seen of ${tool.wanted.name} to say which version the new cluster gets.`,
          'Plan again; if this stays, name its version in the request, or leave the tool out.',
        ),
      ];
}

function problems(input: MigrationCheckInput, tool: ObservedTool): Finding[] {
  const { wanted } = tool;
  return [
    ...tool.problems.flatMap(({ kind, message, remedy }) => {
      const severity = judged[kind];
      return severity === undefined
        ? []
        : [finding(input, tool, severity, `${wanted.name}: ${message}`, remedy)];
    }),
    ...('manifests' in wanted.source
      ? [
          finding(
            input,
            tool,
            'blocker',
            `${wanted.name} has manifests as its source, and tools are installed by their charts.`,
            'Give its chart as the source; or bring the manifests as one of migration.resources.',
          ),
        ]
      : []),
  ];
}

/** What Git keeps comes to the new cluster with its Application; Argo CD itself is never deployed by Argo CD (rule 10). */
function keptByGit(input: MigrationCheckInput, tool: ObservedTool): Finding[] {
  const { by, manager, managesItself } = tool.installed.management;
  const { title } = profileOf(tool.wanted.name);
  if (managesItself === true) {
    return [
      finding(
        input,
        tool,
        'blocker',
        `${title} manages itself: its Application ${manager ?? ''} would come to the new cluster with the others, and take over what is installed there.`,
        'Delete that Application without its resources first (argocd app delete … --cascade=false): Argo CD is never deployed by Argo CD.',
      ),
    ];
  }
  if (by !== 'argo-cd' && by !== 'flux') return [];
  return [
    finding(
      input,
      tool,
      'blocker',
      `${title} is kept by ${by === 'flux' ? 'Flux' : 'Argo CD'} (${manager ?? 'by what is not known'}), which would bring it to the new cluster too: two would keep one release.`,
      'Leave the tool out of the request: it comes with what keeps it. Set its version there.',
    ),
  ];
}

function refused(input: MigrationCheckInput, tool: ObservedTool): Finding[] {
  const { wanted, chosen, comparison } = tool;
  if (comparison === undefined || comparison.refusedCount === 0) return [];
  const named = comparison.refused
    .slice(0, 5)
    .map(
      ({ kind, namespace, name, reason }) =>
        `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} (${reason})`,
    );
  const more = comparison.refusedCount - named.length;
  return [
    finding(
      input,
      tool,
      'blocker',
      `The CRDs of ${wanted.name} ${chosen?.version ?? ''} would refuse ${comparison.refusedCount} custom resources, which could not come to the new cluster: ${named.join('; ')}${more > 0 ? ` and ${more} more` : ''}.`,
      'Change these objects so that they are valid by both, or name another version of the tool.',
    ),
  ];
}

/** Tools of the request that nobody has looked at: never left out in silence (rule 11). */
function unobserved(input: MigrationCheckInput): Finding[] {
  const { observation, request, approved } = input;
  const seen = new Set(observation.tools?.map(({ wanted }) => wanted.name));
  return toolsToObserve(request, 'migrateCluster', approved)
    .filter(({ name }) => !seen.has(name))
    .map(({ name }) => ({
      check: 'green-tools',
      severity: 'unknown',
      subject: { kind: 'Tool', name },
      message: `Nobody has looked at ${name}, so it is not known whether it can be installed.`,
      remedy: 'Plan again, so that it is looked at by this release.',
      evidence: seenBy(observation, 'the observation'),
    }));
}

function finding(
  { observation }: MigrationCheckInput,
  { wanted }: ObservedTool,
  severity: Severity,
  message: string,
  remedy: string,
): Finding {
  return {
    check: 'green-tools',
    severity,
    subject: { kind: 'Tool', name: wanted.name },
    message,
    remedy,
    evidence: seenBy(observation, 'the chart’s source', 'Kubernetes: workloads'),
  };
}
