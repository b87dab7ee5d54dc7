import { gateTitle } from '../contract/gateText.ts';
import { answerPayload, decisionPayload } from '../contract/messages.ts';
import { recentRefusals } from '../contract/recentRefusals.ts';
import { stageTitle } from '../contract/stageSubject.ts';
import type { HopStatus, StageStatus, UpgradeStatus } from '../contract/status.ts';
import { stepText, weightsBar, weightsText } from '../contract/weightsText.ts';

/**
 * What the Temporal UI shows as the upgrade's current details: CommonMark with tables, no HTML. The most urgent
 * comes first: what is asked of people, then what is waited for, then how far it is.
 */
export function renderDetails(status: UpgradeStatus): string {
  return [
    heading(status),
    ...openQuestion(status),
    ...openGate(status),
    ...users(status),
    ...waits(status),
    ...refusals(status),
    ...progress(status),
    ...ending(status),
  ].join('\n\n');
}

function heading(status: UpgradeStatus): string {
  const versions =
    status.fromVersion !== undefined && status.targetVersion !== undefined
      ? `${status.fromVersion} → ${status.targetVersion}`
      : `→ ${status.targetVersion ?? 'the control plane’s version'}`;
  const at = status.currentVersion === undefined ? '' : `, control plane at ${status.currentVersion}`;
  return `## Cluster ${code(status.cluster.name)}: ${versions}\n\nPhase: **${status.phase}**${status.paused ? ' (paused)' : ''}${at}`;
}

function openGate(status: UpgradeStatus): string[] {
  const gate = status.gates.find((record) => record.outcome === undefined);
  if (gate === undefined) return [];
  const payload = answerPayload(gate.gate, gate.digest);
  return [
    `### Asked of you: approve or reject ${gateTitle(gate)}`,
    withLists(gate.shown),
    `Send the update or the signal \`approve\` (or \`reject\`) with this payload, with your own name in it:`,
    '```json\n' + payload + '\n```',
    gate.closesAt === undefined
      ? `Open since ${gate.openedAt}.`
      : `Open since ${gate.openedAt}, until ${gate.closesAt}.`,
  ];
}

/** What is asked of a person beside the gates, with all that they are shown, and since when. */
function openQuestion(status: UpgradeStatus): string[] {
  const question = status.decisions?.find((record) => record.outcome === undefined);
  if (question === undefined) return [];
  const until =
    question.closesAt === undefined
      ? ''
      : `; without an answer by ${question.closesAt}: ${code(question.byDefault)}`;
  return [
    `### Asked of you: decide about ${question.at}`,
    withLists(question.shown),
    `Send the update or the signal \`decide\` with this payload, with your own name and one of ${question.options.map(code).join(', ')} in it:`,
    '```json\n' + decisionPayload(question) + '\n```',
    ...(question.options.includes('force')
      ? [
          '`force` deletes the Pods above whatever their budgets say; `"pods": ["namespace/name"]` narrows it.',
        ]
      : []),
    `Asked since ${question.openedAt}${until}.`,
  ];
}

/** Where a migration sends the users, and how they got there: the last five moves. */
function users({ cluster, migration }: UpgradeStatus): string[] {
  if (migration === undefined) return [];
  const { green, weights, steps, addresses, moves, keepUntil } = migration;
  const isOver = weights !== undefined && weights.green > 0;
  const step = steps !== undefined && isOver ? [`${capital(stepText(steps, weights))}.`] : [];
  const sides = `Blue is ${code(cluster.name)}, green is ${code(green.name)}.`;
  const arrive = addresses.length === 0 ? '' : ` Users come by ${addresses.map(code).join(', ')}.`;
  const kept = keepUntil === undefined ? '' : ` Blue is kept until ${keepUntil} at least.`;
  return [
    '### Users',
    weights === undefined ? 'Where they are sent is not known.' : code(weightsBar(weights)),
    [...step, `${sides}${arrive}${kept}`].join(' '),
    ...(moves.length === 0
      ? []
      : [
          moves
            .slice(-5)
            .map(({ at, to, why }) => `- ${at} **${weightsText(to)}**: ${plain(why)}`)
            .join('\n'),
        ]),
  ];
}

function waits(status: UpgradeStatus): string[] {
  const others = status.waits.filter(({ kind }) => kind !== 'gate' && kind !== 'decision');
  if (others.length === 0) return [];
  return [
    '### Waiting',
    others
      .map(
        (wait) =>
          `- **${wait.kind}**${wait.at === undefined ? '' : ` (${wait.at})`} since ${wait.since}${wait.until === undefined ? '' : ` until ${wait.until}`}: ${plain(wait.what)}`,
      )
      .join('\n'),
  ];
}

function refusals(status: UpgradeStatus): string[] {
  const recent = recentRefusals(status);
  if (recent.length === 0) return [];
  return [
    '### Messages that were refused',
    recent
      .map(
        (refusal) =>
          `- ${refusal.at} \`${refusal.message}\`${refusal.by === undefined ? '' : ` by ${plain(refusal.by)}`}: ${plain(refusal.reason)}${refusal.instead === undefined ? '' : `. This would do: ${code(refusal.instead)}`}`,
      )
      .join('\n'),
  ];
}

function progress(status: UpgradeStatus): string[] {
  if (status.hops.length === 0) return [];
  const rows = status.hops.flatMap((hop) => hop.stages.map((stage, index) => row(hop, stage, index)));
  return ['### Progress', ['| hop | stage | state | |', '|---|---|---|---|', ...rows].join('\n')];
}

function row({ from, to }: HopStatus, stage: StageStatus, index: number): string {
  // Said once, and in one line: the UI's column is narrow.
  const hop = index === 0 ? `${from} → ${to}`.replaceAll(' ', noBreak) : '';
  return `| ${hop} | ${cell(stageTitle(stage))} | ${stage.state} | ${cell(stage.detail ?? '')} |`;
}

/** A space at which no line ends. */
const noBreak = '\u00a0';

function ending(status: UpgradeStatus): string[] {
  const lines = status.notes.slice(-5).map((note) => `- ${note.at} ${plain(note.text)}`);
  return [
    ...(lines.length === 0 ? [] : ['### Notes', lines.join('\n')]),
    ...(status.outcome === undefined ? [] : [`### Outcome`, plain(status.outcome)]),
    ...(status.report === undefined
      ? []
      : [`Report: ${code(status.report)}, read it with \`stepladder report ${status.workflowId}\`.`]),
  ];
}

/** Lines of which some are list items; the UI shows a list only when a blank line is around it. */
function withLists(lines: readonly string[]): string {
  const isItem = (line: string | undefined) => line !== undefined && /^\s*- /.test(line);
  return lines
    .map((line, index) => (index > 0 && isItem(line) !== isItem(lines[index - 1]) ? `\n${line}` : line))
    .join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function cell(text: string): string {
  return plain(text).replaceAll('|', '\\|');
}
