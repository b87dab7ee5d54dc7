import type { Client } from '@temporalio/client';
import { gateTitle } from '../../contract/gateText.ts';
import { parseDecision } from '../../contract/messages.ts';
import type { UpgradeStatus } from '../../contract/status.ts';
import type { DecisionAnswer, DecisionRecord } from '../../contract/workers.ts';
import { CommandFailed, UsageError, exitCodes } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import { lookAt } from '../following/look.ts';
import { openGate } from '../rendering/gateView.ts';
import { decisionAnswers, decisionQuestion, openQuestion } from '../rendering/decisionView.ts';
import { plain, styleOf } from '../rendering/style.ts';
import { confirm } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { sendAnswer } from './sendAnswer.ts';
import { speaker } from './speaker.ts';

export interface DecideOptions {
  decision?: string;
  digest?: string;
  node?: string;
  pod: string[];
  by?: string;
  comment?: string;
}

/**
 * Answers a question. With `--decision` and `--digest` the person says what they have seen; otherwise they
 * are shown what is asked, and asked, which needs a terminal.
 */
export async function decideQuestion(
  client: Client,
  workflowId: string,
  options: DecideOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const by = speaker(options.by, terminal);
  const { decision, digest } = options;
  const asked =
    decision === undefined || digest === undefined
      ? await askedOf(client, workflowId, options, terminal)
      : { decision, digest };
  if (asked === undefined) {
    terminal.note('Nothing was sent.');
    return exitCodes.failed;
  }
  const { how, message } = await sendAnswer(client, workflowId, 'decide', checked({ ...asked, by }, options));
  if (how === 'accepted') terminal.print(message);
  else terminal.note(message);
  return exitCodes.done;
}

/** Decision and digest; undefined when the person, having seen what is asked, does not want to. */
async function askedOf(
  client: Client,
  workflowId: string,
  { decision: wanted, digest }: DecideOptions,
  terminal: Terminal,
): Promise<{ decision: string; digest: string } | undefined> {
  const { status, ending, taskQueue } = await lookAt(client, workflowId);
  if (ending !== undefined) throw new CommandFailed(`Upgrade ${workflowId} has ended (${ending.state}).`);
  if (status === undefined) {
    throw new CommandFailed(
      `What is asked can't be shown: no worker answers on task queue "${taskQueue}". Start one, or say what you answer: --decision WORD --digest DIGEST, as the Temporal UI or a notification has shown them.`,
    );
  }
  const open = openQuestion(status);
  if (open === undefined) throw new CommandFailed(nothingIsAsked(status));
  if (!terminal.interactive) {
    throw new UsageError(
      `--decision and --digest are needed where nobody can be asked.\n${decisionAnswers(status, open, new Date(), plain)}`,
    );
  }
  terminal.note(decisionQuestion(open, styleOf(terminal.colors.err), terminal.columns));
  const decision = wanted ?? (await chosen(open, terminal));
  if (decision === undefined) return undefined;
  if (wanted !== undefined && digest === undefined) {
    const sure = await confirm(terminal, `${wanted}?`, { orNothing: true });
    if (!sure) return undefined;
  }
  return { decision, digest: digest ?? open.digest };
}

function nothingIsAsked(status: UpgradeStatus): string {
  const { workflowId, phase } = status;
  const gate = openGate(status);
  return gate === undefined
    ? `${workflowId} asks for no decision now (it is ${phase}). stepladder watch ${workflowId} shows when it asks.`
    : `${workflowId} asks for no decision, but for approval of ${gateTitle(gate)}: stepladder approve ${workflowId}`;
}

/** Asks until it is one of what is offered; an empty line is none. */
async function chosen({ options }: DecisionRecord, terminal: Terminal): Promise<string | undefined> {
  for (;;) {
    const answer = (await terminal.ask(`Your decision [${options.join('/')}, nothing to leave it]: `)).trim();
    if (answer === '') return undefined;
    if (options.some((option) => option === answer)) return answer;
  }
}

/** As the workflow will check it, so that a mistake is told without it. */
function checked(
  answer: { decision: string; digest: string; by: string },
  { node, pod, comment }: DecideOptions,
): DecisionAnswer {
  const parsed = parseDecision({
    ...answer,
    ...(node === undefined ? {} : { node }),
    ...(pod.length === 0 ? {} : { pods: pod }),
    ...(comment === undefined ? {} : { comment }),
  });
  if (!parsed.ok) throw new UsageError(`That is no decision: ${parsed.reason}`);
  return parsed.value;
}
