import type { OwnershipHint, Report, UnmanagedNodes } from '../../contract/report.ts';
import { findingBlocks } from './findingsMarkdown.ts';
import { bullets, code, inline, markdownTable, section } from './markdown.ts';

/** What was found beforehand, what was not upgraded, and who else has to know. */
export function environmentSections(report: Report): string[] {
  const { findings, unmanagedNodes, ownership, status } = report;
  return [
    // A migration leaves all nodes of the old cluster as they are; the findings name those that have no successors.
    ...(status.migration === undefined
      ? section('Nodes that were not upgraded', bullets(unmanagedNodes.map(nodesLine)))
      : []),
    ...section('Who else owns what was changed', ...ownershipBlocks(ownership)),
    ...section('Findings of the plan', ...findingBlocks(findings)),
    ...section(
      'Evidence',
      status.evidence.length === 0
        ? ''
        : markdownTable(
            ['what', 'key', 'entries', 'sha-256'],
            status.evidence.map(({ name, key, count, sha256 }) => [
              inline(name),
              code(key),
              String(count),
              code(sha256.slice(0, 12)),
            ]),
          ),
    ),
  ];
}

const providers: Record<UnmanagedNodes['provider'], string> = {
  'self-managed': 'self-managed',
  karpenter: 'Karpenter',
  'auto-mode': 'EKS Auto Mode',
  fargate: 'Fargate',
  hybrid: 'hybrid',
};

function nodesLine({ provider, count, names, kubeletVersions }: UnmanagedNodes): string {
  const more = count - names.length;
  const list = names.map(code).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `${count} ${providers[provider]} ${count === 1 ? 'node' : 'nodes'} at ${kubeletVersions.map(inline).join(', ')}: ${list}. No managed node group owns them, so they were **not upgraded**.`;
}

function ownershipBlocks(hints: readonly OwnershipHint[]): string[] {
  if (hints.length === 0) return [];
  return [
    'Their next run would undo what was done, unless it is told of it:',
    bullets(
      hints.map(
        ({ resource, owner, evidence, advice }) =>
          `${inline(resource)}: ${owner} (${code(evidence)}). ${inline(advice)}`,
      ),
    ),
  ];
}
