import { decisionPayload, digestPrefixLength } from '../../contract/messages.ts';
import type { UpgradeStatus } from '../../contract/status.ts';
import type { DecisionRecord } from '../../contract/workers.ts';
import { leftText, momentText } from './duration.ts';
import { shownLines } from './shownLines.ts';
import type { Style } from './style.ts';

/** The question that is open, if any; there is never more than one. */
export function openQuestion(status: UpgradeStatus): DecisionRecord | undefined {
  return status.decisions?.find(({ outcome }) => outcome === undefined);
}

/** What is asked, as the person will see it who decides. @param columns of the terminal */
export function decisionQuestion(
  { about, at, digest, shown, options }: DecisionRecord,
  style: Style,
  columns: number,
): string {
  return [
    style.title(`What is to be done about ${at}? (digest ${digest.slice(0, digestPrefixLength)})`),
    ...shownLines(shown, { style, columns }),
    ...optionLines({ about, options }),
  ].join('\n');
}

/** Every answer with what it means, below one another. */
function optionLines({ about, options }: Pick<DecisionRecord, 'about' | 'options'>): string[] {
  const width = Math.max(...options.map((option) => option.length));
  return options.map((option) => `  ${option.padEnd(width)}  ${meaning(option, about)}`);
}

/**
 * An open question: what is asked, what each answer means, and the ways to give it, as a command and as the payload to
 * paste in the Temporal UI.
 *
 * @param columns of the terminal; Infinity where lines shall stay whole
 */
export function decisionAnswers(
  status: UpgradeStatus,
  question: DecisionRecord,
  now: Date,
  style: Style,
  columns = Infinity,
): string {
  const digest = question.digest.slice(0, digestPrefixLength);
  const left =
    question.closesAt === undefined
      ? ''
      : `, until ${momentText(question.closesAt, now)} (${leftText(question.closesAt, now)}), then ${question.byDefault}`;
  return [
    style.attention(`Waits for a decision about ${question.at}, digest ${digest}${left}:`),
    ...shownLines(question.shown, { style, columns }),
    ...optionLines(question),
    `  to decide:       stepladder decide ${status.workflowId} --decision ${question.byDefault} --digest ${digest}`,
    `  Temporal UI:     signal or update "decide" with ${decisionPayload(question)}`,
  ].join('\n');
}

/** How a question ended, in one line. */
export function decisionOutcome({ at, outcome, by, comment }: DecisionRecord): string {
  const who = by === undefined ? '' : ` by ${by}`;
  return `decision about ${at}: ${outcome ?? 'open'}${who}${comment === undefined ? '' : ` (${comment})`}`;
}

function meaning(option: DecisionRecord['options'][number], about: DecisionRecord['about']): string {
  const ofUsers = about === 'routing' || about === 'step';
  switch (option) {
    case 'wait':
      return ofUsers ? 'leave the users where they are, and go on looking' : 'wait on, for as long again';
    case 'restart':
      return 'roll the owner, so that its next Pod starts on another node';
    case 'skip':
      return 'leave the node as it is';
    case 'force':
      return 'delete the Pods above, whatever their budgets say';
    case 'force-group':
      return "EKS's own force: ignores every budget of the whole group";
    case 'forward':
      return ofUsers ? 'go on with the next step' : 'carry on';
    case 'back':
      return ofUsers ? 'send all users back to the old cluster' : 'move Pods back to the old nodes';
    case 'stay':
      return 'end here, as it is';
    case 'done':
      return 'it is done as asked';
  }
}
