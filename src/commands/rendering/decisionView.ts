import { decisionPayload, digestPrefixLength } from '../../contract/messages.ts';
import type { UpgradeStatus } from '../../contract/status.ts';
import type { DecisionRecord } from '../../contract/workers.ts';
import { durationText, momentText } from './duration.ts';
import type { Style } from './style.ts';

/** The question that is open, if any; there is never more than one. */
export function openQuestion(status: UpgradeStatus): DecisionRecord | undefined {
  return status.decisions?.find(({ outcome }) => outcome === undefined);
}

/** What is asked, as the person will see it who decides. */
export function decisionQuestion(
  { about, at, digest, shown, options }: DecisionRecord,
  style: Style,
): string {
  return [
    style.title(`What is to be done about ${at}? (digest ${digest.slice(0, digestPrefixLength)})`),
    ...shown.map((line) => `  ${line.replaceAll('**', '')}`),
    ...options.map((option) => `  ${option}: ${meaning(option, about)}`),
  ].join('\n');
}

/** Both ways to answer: the command, and the payload to paste in the Temporal UI. */
export function decisionAnswers(
  status: UpgradeStatus,
  question: DecisionRecord,
  now: Date,
  style: Style,
): string {
  const digest = question.digest.slice(0, digestPrefixLength);
  const left =
    question.closesAt === undefined
      ? ''
      : `, until ${momentText(question.closesAt, now)} (${durationText((Date.parse(question.closesAt) - now.getTime()) / 1000)} left), then ${question.byDefault}`;
  return [
    style.attention(`Waits for a decision about ${question.at}, digest ${digest}${left}:`),
    ...question.shown.map((line) => `  ${line.replaceAll('**', '')}`),
    `  stepladder decide ${status.workflowId} --decision ${question.options.join('|')} --digest ${digest}`,
    `  or in the Temporal UI the signal or update "decide" with: ${decisionPayload(question)}`,
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
