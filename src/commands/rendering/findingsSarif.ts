import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findingKey } from '../../checks/findingKey.ts';
import type { Finding, FindingEvidence, Severity } from '../../contract/finding.ts';

const levels: Record<Severity, 'error' | 'warning' | 'note'> = {
  blocker: 'error',
  // Not to know is no pass: it fails a pipeline as a blocker does.
  unknown: 'error',
  warning: 'warning',
  info: 'note',
};

/**
 * Findings as SARIF 2.1.0, which code scanning of GitHub, GitLab and others reads. A finding that is seen in files is a
 * result for each place, because such readers show one place of a result; others are told by their subject.
 */
export function findingsSarif(findings: readonly Finding[]): object {
  const checks = [...new Set(findings.map(({ check }) => check))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Stepladder',
            rules: checks.map((id) => ({ id, shortDescription: { text: `Upgrade check ${id}` } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.flatMap((finding) => results(finding, checks)),
      },
    ],
  };
}

function results(finding: Finding, checks: readonly string[]): object[] {
  const { check, severity, message, remedy, evidence, subject, ignored } = finding;
  const key = findingKey(finding);
  const common = {
    ruleId: check,
    ruleIndex: checks.indexOf(check),
    level: levels[severity],
    message: { text: remedy === '' ? message : `${message} ${remedy}` },
    partialFingerprints: { 'stepladderFinding/v1': key },
    properties: { severity, ...(finding.hop === undefined ? {} : { hop: finding.hop }) },
    ...(ignored === undefined
      ? {}
      : {
          suppressions: [{ kind: 'external', justification: `${ignored.reason} (until ${ignored.until})` }],
        }),
  };
  const places = evidence.filter(({ file }) => file !== undefined && file !== '<stdin>');
  if (places.length > 0) return places.map((place) => ({ ...common, locations: [physical(place)] }));
  return [
    {
      ...common,
      locations: [{ logicalLocations: [{ fullyQualifiedName: key, name: subject.name, kind: 'resource' }] }],
    },
  ];
}

function physical({ file = '', line }: FindingEvidence): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      ...(line === undefined || line < 1 ? {} : { region: { startLine: line } }),
    },
  };
}

/** Relative paths stay relative, so that a reader finds them in its checkout. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}
