import { remaining } from '../../plan/remaining.ts';
import { recentRefusals } from '../../contract/recentRefusals.ts';
import { stageTitle } from '../../contract/stageSubject.ts';
import type { HopStatus, StageState, StageStatus, UpgradeStatus, Wait } from '../../contract/status.ts';
import type { Sighting } from '../following/sighting.ts';
import { durationText, elapsedText, leftText, momentText } from './duration.ts';
import { decisionAnswers, openQuestion } from './decisionView.ts';
import { gateAnswers, openGate } from './gateView.ts';
import { migrationLines } from './migrationView.ts';
import { nodeLines } from './nodeView.ts';
import type { Style } from './style.ts';
import { shortened, table } from './table.ts';
import { wrapped } from './wrapped.ts';

export interface ViewOptions {
  style: Style;
  columns: number;
  now: Date;
}

/** Everything about an upgrade for one screen: what is asked of people stands last, where the eye is. */
export function statusView(sighting: Sighting, options: ViewOptions): string {
  const { status } = sighting;
  const { style } = options;
  const blocks =
    status === undefined
      ? [style.title(`Upgrade ${sighting.workflowId}`)]
      : [
          heading(status, sighting, options),
          hopsTable(status, sighting, options),
          saidInFull(status, sighting, options),
          ...sighting.progress.map(({ nodes }) => nodeLines(nodes, style).join('\n')),
          migrationLines(status, options.now, style, options.columns).join('\n'),
          windows(status, options),
          waits(status, options),
          refusals(status, options),
          notes(status, options),
        ];
  const gate = status === undefined ? undefined : openGate(status);
  if (status !== undefined && gate !== undefined && sighting.ending === undefined) {
    blocks.push(gateAnswers(status, gate, options.now, style, options.columns));
  }
  const question = status === undefined ? undefined : openQuestion(status);
  if (status !== undefined && question !== undefined && sighting.ending === undefined) {
    blocks.push(decisionAnswers(status, question, options.now, style, options.columns));
  }
  if (sighting.ending !== undefined) blocks.push(ending(sighting, style));
  else if (!sighting.workerAnswers) blocks.push(style.attention(noWorkerAnswers(sighting)));
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** What is said while the server answers and no worker does. */
export function noWorkerAnswers({ taskQueue, status, trouble }: Sighting): string {
  if (trouble !== undefined) {
    return `The worker can't carry this upgrade on (${trouble}); its log says why. Once that is mended it goes on where it was; still watching.`;
  }
  const shown = status === undefined ? '' : ' What is shown is the last that was known.';
  return `No worker answers on task queue "${taskQueue}"; still watching.${shown} Start one (stepladder worker): the upgrade goes on where it was.`;
}

/** How it ended, and where the report is. */
export function ending({ ending: how, workflowId }: Sighting, style: Style): string {
  if (how === undefined) return '';
  const word = { completed: style.good, aborted: style.attention }[how.state as string] ?? style.bad;
  const report = how.report === undefined ? '' : `\nReport: stepladder report ${workflowId}`;
  return `${word(how.state)}: ${how.message}${report}`;
}

/** `1.31 → 1.33`; only the one that it is at when that is the target. */
export function versionsText({ fromVersion, currentVersion, targetVersion }: UpgradeStatus): string {
  const versions = [fromVersion ?? currentVersion, targetVersion].filter((version) => version !== undefined);
  return [...new Set(versions)].join(' → ');
}

function heading(status: UpgradeStatus, { ending: ended }: Sighting, { style, now }: ViewOptions): string {
  const { cluster } = status;
  const versions = versionsText(status);
  const since = elapsedText(status.startedAt, status.endedAt, now) ?? '';
  const left = remaining(status, now);
  const facts = [
    `${status.phase}${status.paused ? ', paused' : ''}`,
    status.endedAt === undefined && ended === undefined ? `for ${since}` : `took ${since}`,
    ...(left === undefined || left.seconds < 1 || ended !== undefined
      ? []
      : [`about ${durationText(left.seconds)} of work left`]),
  ];
  return `${style.title(cluster.name === '' ? 'Upgrade' : `Cluster ${cluster.name}: ${versions}`)}   ${facts.join(', ')}\n${style.faint(status.workflowId)}`;
}

const marks: Record<StageState, string> = {
  pending: '·',
  running: '▶',
  done: '✓',
  failed: '✗',
  stopped: '■',
  skipped: '–',
};

function hopsTable(status: UpgradeStatus, sighting: Sighting, options: ViewOptions): string {
  if (status.hops.length === 0) return '';
  const rows = status.hops.flatMap((hop) =>
    hop.stages.map((stage, index) => stageRow(hop, stage, index, sighting, options)),
  );
  return table(['hop', '', 'stage', 'took', ''], rows, options.style);
}

function stageRow(
  hop: HopStatus,
  stage: StageStatus,
  index: number,
  sighting: Sighting,
  options: ViewOptions,
): string[] {
  const { style, now } = options;
  return [
    index === 0 ? `${hop.from} → ${hop.to}` : '',
    colorOf(stage.state, style)(marks[stage.state]),
    stageTitle(stage),
    elapsedText(stage.startedAt, stage.endedAt, now) ?? '',
    style.faint(shortened(toldOf(stage, sighting), roomBeside(options))),
  ];
}

/** The last that a stage has told: while it runs what it told by its heartbeat, where it did. */
function toldOf(stage: StageStatus, { progress, workflowId: root }: Sighting): string {
  const told =
    stage.state === 'running'
      ? progress.find(({ workflowId }) => workflowId === (stage.workflowId ?? root))?.line
      : undefined;
  return told ?? stage.detail ?? '';
}

/** Columns beside the stages' names and times. */
const roomBeside = ({ columns }: ViewOptions): number => Math.max(columns - 50, 24);

/** What running stages tell, where it does not fit beside them. */
function saidInFull(status: UpgradeStatus, sighting: Sighting, options: ViewOptions): string {
  return status.hops
    .flatMap(({ stages }) => stages)
    .filter((stage) => stage.state === 'running' && toldOf(stage, sighting).length > roomBeside(options))
    .map((stage) => wrapped(`${stageTitle(stage)}: ${toldOf(stage, sighting)}`, options.columns, '  '))
    .join('\n');
}

function colorOf(state: StageState, style: Style): (text: string) => string {
  switch (state) {
    case 'done':
      return style.good;
    case 'failed':
      return style.bad;
    case 'running':
    case 'stopped':
      return style.attention;
    default:
      return style.faint;
  }
}

function windows(status: UpgradeStatus, { now }: ViewOptions): string {
  const pending = status.windows.filter(({ hop }) =>
    status.hops.some(({ to, state }) => to === hop && state === 'pending'),
  );
  return pending
    .map(
      ({ hop, opensAt, closesAt, fits }) =>
        `Window for hop ${hop}: ${momentText(opensAt, now)} to ${momentText(closesAt, now)}${fits ? '' : ', shorter than the hop is thought to take'}`,
    )
    .join('\n');
}

/** A gate and a question have blocks of their own. */
function waits(status: UpgradeStatus, { style, now, columns }: ViewOptions): string {
  return status.waits
    .filter(({ kind }) => kind !== 'gate' && kind !== 'decision')
    .map((wait) => style.attention(wrapped(waitLine(wait, now), columns, '  ')))
    .join('\n');
}

/** What is waited for, for how long already, and until when. */
export function waitLine({ kind, what, since, until, at }: Wait, now: Date): string {
  const place = at === undefined ? '' : ` (${at})`;
  const end = until === undefined ? '' : `, until ${momentText(until, now)} (${leftText(until, now)})`;
  return `Waiting${place}, ${kind}, for ${elapsedText(since, undefined, now) ?? ''}${end}: ${what}`;
}

function refusals(status: UpgradeStatus, { style, now, columns }: ViewOptions): string {
  return recentRefusals(status)
    .map(({ at, message, by, reason, instead }) => {
      const who = by === undefined ? '' : ` by ${by}`;
      const right = instead === undefined ? '' : `. This would do: ${instead}`;
      const line = `Refused at ${momentText(at, now)}: ${message}${who}: ${reason}${right}`;
      return style.bad(wrapped(line, columns, '  '));
    })
    .join('\n');
}

/** Of a long note so many columns are enough here; the report has all of it. */
const noteRoom = 400;

function notes(status: UpgradeStatus, { style, columns, now }: ViewOptions): string {
  return status.notes
    .slice(-3)
    .map(({ at, text }) =>
      style.faint(wrapped(shortened(`${momentText(at, now)} ${text}`, noteRoom), columns, '  ')),
    )
    .join('\n');
}
