import { gateTitle } from '../../contract/gateText.ts';
import { stageTitle } from '../../contract/stageSubject.ts';
import type { GateRecord, HopStatus, StageStatus, UpgradeStatus } from '../../contract/status.ts';
import type { Sighting } from '../following/sighting.ts';
import type { DecisionRecord } from '../../contract/workers.ts';
import { decisionAnswers, decisionOutcome } from './decisionView.ts';
import { elapsedText } from './duration.ts';
import { gateAnswers } from './gateView.ts';
import { migrationChanges } from './migrationView.ts';
import { ending, noWorkerAnswers, versionsText } from './statusView.ts';
import { plain } from './style.ts';

/**
 * What has changed since the last look, one line each, for pipes and logs. Nothing is said twice, so that a look at
 * which nothing has happened gives no line.
 *
 * @param before undefined for the first look: then all that is so is told
 */
export function statusChanges(before: Sighting | undefined, now: Sighting): string[] {
  return changes(before, now)
    .flatMap((text) => text.split('\n'))
    .map((line) => `${now.at} ${line}`);
}

function changes(before: Sighting | undefined, now: Sighting): string[] {
  const lines: string[] = [];
  if (before?.workerAnswers !== false && !now.workerAnswers && now.ending === undefined) {
    lines.push(noWorkerAnswers(now));
  }
  if (before?.workerAnswers === false && now.workerAnswers) lines.push('A worker answers again.');
  if (now.status !== undefined) {
    lines.push(...statusLines(before?.status, now.status, new Date(now.at)));
    lines.push(...progressLines(before, now));
  }
  if (before?.ending === undefined && now.ending !== undefined) lines.push(ending(now, plain));
  return lines;
}

function statusLines(before: UpgradeStatus | undefined, now: UpgradeStatus, at: Date): string[] {
  const phase = before?.phase === now.phase ? [] : [phaseLine(now)];
  const hasEnded = now.endedAt !== undefined;
  return [
    ...(hasEnded ? [] : phase),
    ...gateLines(before, now, at),
    ...questionLines(before, now, at),
    ...(before === undefined || before.paused === now.paused ? [] : [now.paused ? 'paused' : 'resumed']),
    ...now.hops.flatMap((hop) => hopLines(before, hop)),
    ...migrationChanges(before?.migration, now.migration),
    ...waitLines(before, now),
    ...fresh(before?.refusals, now.refusals).map(
      ({ message, by, reason, instead }) =>
        `refused: ${message}${by === undefined ? '' : ` by ${by}`}: ${reason}${instead === undefined ? '' : `. This would do: ${instead}`}`,
    ),
    ...fresh(before?.actions, now.actions).map(
      ({ action, by, comment, effect }) =>
        `${action}${by === undefined ? '' : ` by ${by}`}${comment === undefined ? '' : ` (${comment})`}: ${effect}`,
    ),
    ...fresh(before?.notes, now.notes).map(({ text }) => `note: ${text}`),
    // What ended last is told last.
    ...(hasEnded ? phase : []),
  ];
}

function phaseLine(status: UpgradeStatus): string {
  return `${[status.cluster.name, versionsText(status)].filter((part) => part !== '').join(' ')}: ${status.phase}`.replace(
    /^: /,
    '',
  );
}

function hopLines(before: UpgradeStatus | undefined, hop: HopStatus): string[] {
  const earlier = before?.hops.find(({ to }) => to === hop.to);
  return hop.stages.flatMap((stage) => {
    const was = earlier?.stages.find((each) => stageTitle(each) === stageTitle(stage));
    return stageLines(hop, was, stage);
  });
}

function stageLines(hop: HopStatus, before: StageStatus | undefined, now: StageStatus): string[] {
  const place = `${hop.from} → ${hop.to} ${stageTitle(now)}`;
  const lines: string[] = [];
  if (now.detail !== undefined && now.detail !== before?.detail && now.state === 'running') {
    lines.push(`${place}: ${now.detail}`);
  }
  if (now.state === (before?.state ?? 'pending')) return lines;
  const took =
    now.endedAt === undefined || now.startedAt === undefined
      ? ''
      : ` after ${elapsedText(now.startedAt, now.endedAt, new Date(now.endedAt)) ?? ''}`;
  return now.state === 'running'
    ? [`${place}: running`, ...lines]
    : [...lines, `${place}: ${now.state}${took}`];
}

function waitLines(before: UpgradeStatus | undefined, now: UpgradeStatus): string[] {
  const identity = ({ kind, at, since }: UpgradeStatus['waits'][number]) => `${kind} ${at ?? ''} ${since}`;
  const was = new Set(before?.waits.map(identity));
  const is = new Set(now.waits.map(identity));
  const place = (at: string | undefined) => (at === undefined ? '' : ` (${at})`);
  return [
    ...(before?.waits ?? [])
      .filter((wait) => !isAsked(wait) && !is.has(identity(wait)))
      .map(({ kind, at }) => `no longer waiting${place(at)}: ${kind}`),
    ...now.waits
      .filter((wait) => !isAsked(wait) && !was.has(identity(wait)))
      .map(({ kind, at, what, until }) => {
        const end = until === undefined ? '' : ` (until ${until} at most)`;
        return `waiting${place(at)}: ${kind}: ${what}${end}`;
      }),
  ];
}

/** A gate and a question have lines of their own. */
function isAsked({ kind }: UpgradeStatus['waits'][number]): boolean {
  return kind === 'gate' || kind === 'decision';
}

function gateLines(before: UpgradeStatus | undefined, now: UpgradeStatus, at: Date): string[] {
  const outcomes = new Map(before?.gates.map((gate) => [gate.digest, gate.outcome ?? 'open']));
  return now.gates
    .filter((gate) => outcomes.get(gate.digest) !== (gate.outcome ?? 'open'))
    .map((gate) => (gate.outcome === undefined ? gateAnswers(now, gate, at, plain) : outcomeLine(gate)));
}

function questionLines(before: UpgradeStatus | undefined, now: UpgradeStatus, at: Date): string[] {
  const state = ({ outcome }: DecisionRecord) => outcome ?? 'open';
  const known = new Map(before?.decisions?.map((question) => [question.digest, state(question)]));
  return (now.decisions ?? [])
    .filter((question) => known.get(question.digest) !== state(question))
    .map((question) =>
      question.outcome === undefined ? decisionAnswers(now, question, at, plain) : decisionOutcome(question),
    );
}

function outcomeLine(gate: GateRecord): string {
  const by = gate.by === undefined ? '' : ` by ${gate.by}`;
  const comment = gate.comment === undefined ? '' : ` (${gate.comment})`;
  return `${gateTitle(gate)}: ${gate.outcome ?? 'open'}${by}${comment}`;
}

/** What a stage's heartbeat says. */
function progressLines(before: Sighting | undefined, now: Sighting): string[] {
  return now.progress
    .filter(
      ({ workflowId, line }) =>
        line !== before?.progress.find((each) => each.workflowId === workflowId)?.line,
    )
    .map(({ workflowId, line }) => {
      const place = workflowId.slice(now.workflowId.length + 1);
      return `${place === '' ? runningStages(now) : place}: ${line}`;
    });
}

/** What the upgrade itself is at: its own activities belong to a stage that has no workflow. */
function runningStages({ status }: Sighting): string {
  const running = (status?.hops ?? []).flatMap(({ to, stages }) =>
    stages
      .filter(({ state, workflowId }) => state === 'running' && workflowId === undefined)
      .map((stage) => `${to} ${stageTitle(stage)}`),
  );
  return running.length === 0 ? (status?.phase ?? '') : running.join(', ');
}

/** The entries of a growing list that are new; the oldest of it may have been dropped. */
function fresh<Entry extends { at: string }>(
  before: readonly Entry[] | undefined,
  now: readonly Entry[],
): Entry[] {
  const known = new Set(before?.map((entry) => JSON.stringify(entry)));
  return now.filter((entry) => !known.has(JSON.stringify(entry)));
}
