import { findingKey } from '../../checks/findingKey.ts';
import { gateTitle } from '../../contract/gateText.ts';
import { digestPrefixLength } from '../../contract/messages.ts';
import type { Report } from '../../contract/report.ts';
import type { GateRecord } from '../../contract/status.ts';
import type { DecisionRecord } from '../../contract/workers.ts';
import { bullets, code, inline, markdownTable, section } from './markdown.ts';

/** Who decided what, and what was put back afterwards. */
export function peopleSections(report: Report): string[] {
  const { gates, actions, refusals, compensations, notes } = report.status;
  return [
    ...section('Approvals', approvals(gates)),
    ...section('Decisions', decisionsTable(report.status.decisions ?? [])),
    ...section('Pauses, resumptions, aborts, rollbacks', actionsTable(report)),
    ...section(
      'Messages that were refused',
      bullets(
        refusals.map(
          ({ at, message, by, reason }) =>
            `${at}: ${code(message)}${by === undefined ? '' : ` by ${inline(by)}`}: ${inline(reason)}`,
        ),
      ),
    ),
    ...section('Overridden by the request', overridden(report)),
    ...section(
      'Changed for the upgrade’s sake',
      bullets(
        compensations.map(
          ({ what, state, recordedAt }) =>
            `${inline(what)}: ${{ 'put-back': 'put back', open: '**not put back**', failed: '**could not be put back**', kept: 'kept' }[state]} (recorded ${recordedAt})`,
        ),
      ),
    ),
    ...section(
      'Notes',
      bullets(
        notes.map(({ at, hop, stage, text }) => {
          const place = [hop, stage].filter((part) => part !== undefined).join(' ');
          return `${at}${place === '' ? '' : ` (${place})`}: ${inline(text)}`;
        }),
      ),
    ),
    ...(actions.length + gates.length === 0 ? ['Nobody was asked anything.'] : []),
  ];
}

/** Each with what it stands for, why, and who has approved the plan that says so. */
function overridden({ overrides, overrideReasons = {}, findings, status }: Report): string {
  const approval = status.gates
    .filter(({ gate, outcome }) => gate === 'plan' && outcome === 'approved')
    .at(-1);
  const approved =
    approval === undefined
      ? 'Nobody has approved it.'
      : `Approved by ${inline(approval.by ?? 'somebody')} at ${approval.answeredAt ?? 'an unknown time'}${approval.comment === undefined ? '.' : `: ${inline(approval.comment)}`}`;
  return bullets(
    overrides.map((override) => {
      const reason = overrideReasons[override];
      const found = findings.find((finding) => findingKey(finding) === override);
      return [
        `${code(override)}: ${reason === undefined ? 'no reason was given.' : inline(reason)}`,
        ...(found === undefined ? [] : [`  - **${found.severity}** ${inline(found.message)}`]),
        `  - ${approved}`,
      ].join('\n');
    }),
  );
}

function approvals(gates: readonly GateRecord[]): string {
  if (gates.length === 0) return '';
  return markdownTable(
    ['gate', 'opening', 'digest', 'opened', 'outcome', 'by', 'when', 'comment'],
    gates.map((gate) => [
      inline(gateTitle(gate)),
      String(gate.opening),
      code(gate.digest.slice(0, digestPrefixLength)),
      gate.openedAt,
      gate.outcome ?? 'open',
      inline(gate.by ?? ''),
      gate.answeredAt ?? '',
      inline(gate.comment ?? ''),
    ]),
  );
}

function decisionsTable(decisions: readonly DecisionRecord[]): string {
  if (decisions.length === 0) return '';
  return markdownTable(
    ['where', 'about', 'asked', 'what was shown', 'decision', 'by', 'when', 'comment'],
    decisions.map((decision) => [
      decision.at,
      decision.about,
      decision.openedAt,
      inline(decision.shown.join(' ')),
      decision.outcome ?? 'open',
      inline(decision.by ?? (['void', 'aborted'].includes(decision.outcome ?? '') ? '' : 'nobody (default)')),
      decision.answeredAt ?? '',
      inline(decision.comment ?? ''),
    ]),
  );
}

function actionsTable({ status: { actions } }: Report): string {
  if (actions.length === 0) return '';
  return markdownTable(
    ['when', 'what', 'by', 'comment', 'effect'],
    actions.map(({ at, action, by, comment, effect }) => [
      at,
      action,
      inline(by ?? ''),
      inline(comment ?? ''),
      inline(effect),
    ]),
  );
}
