import type { Severity } from '../../contract/finding.ts';
import type { ToolProblem } from '../../tools/types.ts';
import type { ToolCheck, ToolFinding } from './toolFinding.ts';

/** What each kind of problem is: only what may be otherwise the next time is unknown, all else a person has to mend. */
const judged: Readonly<Record<ToolProblem['kind'], { check: string; severity: Severity }>> = {
  'unreachable-source': { check: 'tool-source', severity: 'unknown' },
  'no-such-version': { check: 'tool-source', severity: 'blocker' },
  'broken-chart': { check: 'tool-source', severity: 'blocker' },
  'no-helm': { check: 'tool-source', severity: 'blocker' },
  'values-do-not-render': { check: 'tool-values', severity: 'blocker' },
  'not-installed': { check: 'tool-release', severity: 'blocker' },
  'release-pending': { check: 'tool-release', severity: 'blocker' },
  'release-failed': { check: 'tool-release', severity: 'blocker' },
  'namespace-terminating': { check: 'tool-release', severity: 'blocker' },
  unseen: { check: 'tool-unseen', severity: 'unknown' },
};

/** What was wrong, or could not be seen, when the tool was looked at. */
export const toolProblems: ToolCheck = ({ wanted, problems }) => [
  ...problems.map(({ kind, message, remedy, source }): ToolFinding => ({
    ...judged[kind],
    message: `${wanted.name}: ${message}`,
    remedy,
    sources: [source],
  })),
  ...('manifests' in wanted.source
    ? [
        {
          check: 'tool-source',
          severity: 'blocker' as const,
          message: `${wanted.name} has ${wanted.source.manifests} as its source: manifests are compared, and there is no release in them that could be upgraded.`,
          remedy: 'Give its chart as the source: a repository, an OCI reference or a path.',
          sources: ['the request'],
        },
      ]
    : []),
];
