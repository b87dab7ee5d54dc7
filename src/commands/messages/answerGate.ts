import type { Client } from '@temporalio/client';
import { gateTitle } from '../../contract/gateText.ts';
import { parseGateAnswer } from '../../contract/messages.ts';
import type { GateAnswer } from '../../contract/messages.ts';
import type { GateRecord, UpgradeStatus } from '../../contract/status.ts';
import { UsageError, CommandFailed, exitCodes } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import { lookAt } from '../following/look.ts';
import { openQuestion } from '../rendering/decisionView.ts';
import { gateAnswers, gateQuestion, openGate } from '../rendering/gateView.ts';
import { plain, styleOf } from '../rendering/style.ts';
import { confirm } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { sendAnswer } from './sendAnswer.ts';
import type { Verdict } from './sendAnswer.ts';
import { speaker } from './speaker.ts';

export interface AnswerOptions {
  gate?: string;
  digest?: string;
  by?: string;
  comment?: string;
}

/**
 * Approves or rejects. With `--digest` the person says what they have seen; without it they are shown what is asked,
 * and asked, which needs a terminal: nothing is ever approved that nobody has looked at.
 */
export async function answerGate(
  client: Client,
  workflowId: string,
  verdict: Verdict,
  options: AnswerOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const by = speaker(options.by, terminal);
  const asked =
    options.digest === undefined || options.gate === undefined
      ? await askedOf(client, workflowId, verdict, options, terminal)
      : { gate: options.gate, digest: options.digest };
  if (asked === undefined) {
    terminal.note('Nothing was sent.');
    return exitCodes.failed;
  }
  const { comment } = options;
  const { how, message } = await sendAnswer(client, workflowId, verdict, checked({ ...asked, by, comment }));
  if (how === 'accepted') terminal.print(message);
  else terminal.note(message);
  if (how === 'accepted') terminal.note(whatFollows(workflowId, verdict, asked.gate));
  return exitCodes.done;
}

/** How to see what the answer brings about, and how to take it back where that can be. */
function whatFollows(workflowId: string, verdict: Verdict, gate: string): string {
  const follow = `Follow it: stepladder watch ${workflowId}`;
  return verdict === 'approve' && gate === 'cutover'
    ? `${follow}\nSend the users back: stepladder rollback ${workflowId}`
    : follow;
}

/** The gate and digest that the answer is for; undefined when the person, having seen it, does not want to. */
async function askedOf(
  client: Client,
  workflowId: string,
  verdict: Verdict,
  { gate: wanted, digest }: AnswerOptions,
  terminal: Terminal,
): Promise<{ gate: string; digest: string } | undefined> {
  if (digest === undefined && !terminal.interactive && wanted !== undefined) {
    throw new UsageError(
      '--digest is needed where nobody can be asked: the first 8 characters that are shown.',
    );
  }
  const { status, ending, taskQueue } = await lookAt(client, workflowId);
  if (ending !== undefined) throw new CommandFailed(`Upgrade ${workflowId} has ended (${ending.state}).`);
  if (status === undefined) {
    throw new CommandFailed(
      `What is asked can't be shown: no worker answers on task queue "${taskQueue}". Start one, or say what you answer: --gate NAME --digest DIGEST, as the Temporal UI or a notification has shown them.`,
    );
  }
  const open = openGate(status);
  if (open === undefined) throw new CommandFailed(noGateIsOpen(status));
  if (digest !== undefined) return { gate: open.gate, digest };
  if (!terminal.interactive) {
    throw new UsageError(
      `--digest is needed where nobody can be asked.\n${gateAnswers(status, open, new Date(), plain)}`,
    );
  }
  if (wanted !== undefined && wanted !== open.gate) {
    throw new CommandFailed(
      `Gate "${wanted}" is not open; "${open.gate}" is: stepladder approve ${workflowId} shows what it asks.`,
    );
  }
  terminal.note(gateQuestion(open, styleOf(terminal.colors.err), terminal.columns));
  const question =
    verdict === 'approve'
      ? `Approve ${gateTitle(open)}?`
      : `Reject ${gateTitle(open)} (${afterRejection(open, status)})?`;
  const sure = await confirm(terminal, question, { orNothing: true });
  return sure ? { gate: open.gate, digest: open.digest } : undefined;
}

/** What a rejection brings about. */
function afterRejection({ gate, nodeGroup }: GateRecord, { migration, cluster }: UpgradeStatus): string {
  if (gate === 'retire' && nodeGroup === undefined) {
    return `${cluster.name} is kept, and the migration is complete`;
  }
  return gate === 'cutover'
    ? `this ends the migration: the users stay on ${cluster.name}, and what was made of ${migration?.green.name ?? 'the new cluster'} goes, unless the request keeps it`
    : 'this ends the upgrade';
}

/** @returns what the upgrade does or asks instead */
export function noGateIsOpen(status: UpgradeStatus): string {
  const { workflowId, phase } = status;
  if (openQuestion(status) !== undefined) {
    return `No gate of ${workflowId} is open; what is asked is a decision: stepladder decide ${workflowId}`;
  }
  return `No gate of ${workflowId} is open, so there is nothing to answer now (it is ${phase}). stepladder watch ${workflowId} shows when it asks.`;
}

/** As the workflow will check it, so that a mistake is told without it. */
function checked(answer: {
  gate: string;
  digest: string;
  by: string;
  comment: string | undefined;
}): GateAnswer {
  const { comment, ...needed } = answer;
  const parsed = parseGateAnswer(comment === undefined ? needed : { ...needed, comment });
  if (!parsed.ok) throw new UsageError(`That is no answer to a gate: ${parsed.reason}`);
  return parsed.value;
}
