import { gateTitle } from '../../contract/gateText.ts';
import { answerPayload, digestPrefixLength } from '../../contract/messages.ts';
import type { GateRecord, UpgradeStatus } from '../../contract/status.ts';
import { leftText, momentText } from './duration.ts';
import { shownLines } from './shownLines.ts';
import type { Style } from './style.ts';

/** The gate that is open, if any; there is never more than one. */
export function openGate(status: UpgradeStatus): GateRecord | undefined {
  return status.gates.find(({ outcome }) => outcome === undefined);
}

/** What is asked at an open gate, as the person will see it who decides. @param columns of the terminal */
export function gateQuestion(gate: GateRecord, style: Style, columns: number): string {
  const digest = gate.digest.slice(0, digestPrefixLength);
  return [
    style.title(`Asked of you: ${gateTitle(gate)} (digest ${digest})`),
    ...shownLines(gate.shown, { style, columns }),
  ].join('\n');
}

/** A plan may be long, and is read where it is approved; all else is shown in full. */
const planLines = 12;

/**
 * An open gate: the beginning of what is asked, and the ways to answer, as commands and as the payload to paste in the
 * Temporal UI.
 *
 * @param columns of the terminal; Infinity where lines shall stay whole
 */
export function gateAnswers(
  status: UpgradeStatus,
  gate: GateRecord,
  now: Date,
  style: Style,
  columns = Infinity,
): string {
  const digest = gate.digest.slice(0, digestPrefixLength);
  const answer = `${status.workflowId} --gate ${gate.gate} --digest ${digest}`;
  const until =
    gate.closesAt === undefined
      ? ''
      : `, until ${momentText(gate.closesAt, now)} (${leftText(gate.closesAt, now)})`;
  const limit = gate.gate === 'plan' ? planLines : Infinity;
  return [
    style.attention(`Waits for approval of ${gateTitle(gate)}, digest ${digest}${until}:`),
    ...shownLines(gate.shown, { style, columns, limit }),
    ...(gate.shown.length > limit ? [`  all of it:       stepladder approve ${status.workflowId}`] : []),
    `  to approve:      stepladder approve ${answer}`,
    `  to say no:       stepladder reject ${answer}`,
    `  Temporal UI:     signal or update "approve" or "reject" with ${answerPayload(gate.gate, gate.digest)}`,
  ].join('\n');
}
