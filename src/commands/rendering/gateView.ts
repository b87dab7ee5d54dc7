import { gateTitle } from '../../contract/gateText.ts';
import { answerPayload, digestPrefixLength } from '../../contract/messages.ts';
import type { GateRecord, UpgradeStatus } from '../../contract/status.ts';
import { durationText, momentText } from './duration.ts';
import type { Style } from './style.ts';

/** The gate that is open, if any; there is never more than one. */
export function openGate(status: UpgradeStatus): GateRecord | undefined {
  return status.gates.find(({ outcome }) => outcome === undefined);
}

/** What is asked at an open gate, as the person will see it who decides. */
export function gateQuestion(gate: GateRecord, style: Style): string {
  return [
    style.title(`Approve ${gateTitle(gate)}? (digest ${gate.digest.slice(0, digestPrefixLength)})`),
    ...gate.shown.map((line) => `  ${line.replaceAll('**', '')}`),
  ].join('\n');
}

/** Both ways to answer: the command, and the payload to paste in the Temporal UI. */
export function gateAnswers(status: UpgradeStatus, gate: GateRecord, now: Date, style: Style): string {
  const digest = gate.digest.slice(0, digestPrefixLength);
  const left =
    gate.closesAt === undefined
      ? ''
      : `, until ${momentText(gate.closesAt, now)} (${durationText((Date.parse(gate.closesAt) - now.getTime()) / 1000)} left)`;
  return [
    style.attention(`Waits for approval of ${gateTitle(gate)}, digest ${digest}${left}:`),
    `  stepladder approve ${status.workflowId} --gate ${gate.gate} --digest ${digest}`,
    `  or in the Temporal UI the signal or update "approve" with: ${answerPayload(gate.gate, gate.digest)}`,
  ].join('\n');
}
