import { CancellationScope, condition } from '@temporalio/workflow';
import { decisionPayload, digestPrefixLength } from '../contract/messages.ts';
import type { Parsed, Remark } from '../contract/messages.ts';
import type { Decision, DecisionAnswer, DecisionRecord, PodReference } from '../contract/workers.ts';
import { perform } from './activities.ts';
import type { Question, StageAnswer } from './stageMessages.ts';
import { now } from './time.ts';
import type { UpgradeState } from './upgradeState.ts';

/** A record, with what of its answer is not shown but carried out. */
interface Opened {
  record: DecisionRecord;
  node?: string;
  pods: PodReference[];
}

/**
 * What is asked of people beside the gates: about nodes (a drain that is stuck, a roll that holds, a guard that fails) and
 * about a cutover (weights that a person sets, a step of which nothing is known). Each question has a digest of its own,
 * which the answer names (rule 12), a time limit, and what is done when nobody answers. One is open at a time.
 */
export class Decisions {
  private readonly state: UpgradeState;
  private opened: Opened | undefined;

  constructor(state: UpgradeState) {
    this.state = state;
  }

  /**
   * Opens a question and waits for its answer, or for the end of its time. An abort does not end the wait: the stage
   * withdraws what it no longer asks.
   *
   * @param at the stage's place
   * @returns undefined when it was withdrawn
   */
  async ask(at: string, question: Question): Promise<StageAnswer | undefined> {
    return CancellationScope.nonCancellable(() => this.askUntilAnswered(at, question));
  }

  private async askUntilAnswered(at: string, question: Question): Promise<StageAnswer | undefined> {
    const { about, options, byDefault, shown, pods, timeoutMs } = question;
    this.state.status.decisions ??= [];
    const records = this.state.status.decisions;
    const opening = records.filter((record) => record.at === at).length + 1;
    const opened: Opened = {
      record: { about, at, opening, digest: '', openedAt: now(), options, byDefault, shown, pods },
      pods,
    };
    this.opened = opened;
    const { record } = opened;
    const { digest } = await perform('digestQuestion', `Ask what to do about ${at}`, {
      planDigest: this.state.status.planDigest ?? '',
      at,
      about,
      opening,
      options,
      shown,
      pods: pods.map(({ uid }) => uid),
    });
    // Withdrawn while its digest was made: it was never shown to anybody.
    if (record.outcome !== undefined) return undefined;
    record.digest = digest;
    record.closesAt = new Date(Date.now() + timeoutMs).toISOString();
    records.push(record);
    const title = questionTitle(record);
    this.state.announce({
      kind: 'decision',
      title: `Asked of you: ${title}`,
      lines: [...shown, `Without an answer by ${record.closesAt}: ${byDefault}.`],
      payload: decisionPayload(record),
    });
    this.state.beginWait(
      'decision',
      `${title}: ${options.join(', ')} (digest ${digest.slice(0, digestPrefixLength)}); without an answer: ${byDefault}.`,
      record.closesAt,
      at,
    );
    const summary = `until ${byDefault} is taken at ${record.closesAt}`;
    if (!(await condition(() => record.outcome !== undefined, timeoutMs, { summary }))) {
      record.outcome = byDefault;
      record.answeredAt = now();
      this.state.note(`Nobody answered in time (${title}): ${byDefault}.`, at);
    }
    this.opened = undefined;
    this.state.endWait('decision', at);
    return answerOf(opened);
  }

  /** Ends the open question without an answer. */
  withdraw(outcome: 'void' | 'aborted'): void {
    if (this.opened === undefined) return;
    this.opened.record.outcome ??= outcome;
    this.opened.record.answeredAt ??= now();
    this.state.publish();
  }

  /** Why an answer can't be accepted now, or undefined when it can. */
  refusal(parsed: Parsed<DecisionAnswer>): string | undefined {
    if (!parsed.ok) return parsed.reason;
    const { decision, digest, node, pods } = parsed.value;
    const open = this.open();
    if (open === undefined) return 'nothing is asked now that a decision would answer';
    if (!open.digest.startsWith(digest)) {
      const earlier = this.state.status.decisions?.some((record) => record.digest.startsWith(digest));
      return earlier === true
        ? `digest ${digest} is of an earlier question; what is asked has changed since, look at it again`
        : `digest ${digest} is not of this question, whose digest is ${open.digest.slice(0, digestPrefixLength)}`;
    }
    if (!open.options.includes(decision)) {
      return `"${decision}" is no answer to this question: ${open.options.join(', ')}`;
    }
    if (node !== undefined && decision !== 'skip') return '"node" goes with "skip" only';
    if (node !== undefined && !open.pods.some((pod) => pod.node === node)) {
      return `node ${node} is not part of this question: ${[...new Set(open.pods.map((pod) => pod.node))].join(', ')}`;
    }
    if (pods !== undefined && decision !== 'force' && decision !== 'restart') {
      return '"pods" goes with "force" and "restart" only';
    }
    const unknown = pods?.filter((name) => !open.pods.some((pod) => podName(pod) === name)) ?? [];
    if (unknown.length > 0) {
      return `${unknown.join(', ')} is not part of this question: ${open.pods.map(podName).join(', ')}`;
    }
    return undefined;
  }

  /** Takes an answer that `refusal` has let pass. */
  accept(answer: DecisionAnswer): void {
    const { opened } = this;
    if (opened === undefined) return;
    if (answer.node !== undefined) opened.node = answer.node;
    if (answer.pods !== undefined) {
      opened.pods = opened.pods.filter((pod) => answer.pods?.includes(podName(pod)));
    }
    this.take(opened.record, answer.decision, answer);
  }

  /**
   * Answers a roll that holds by another message than `decide`: `rollback` is `back`, `abort` is `stay`.
   *
   * @returns false when no roll holds that could be answered so
   */
  answerHold(decision: 'back' | 'stay', remark: Remark): boolean {
    const open = this.open();
    if (open?.about !== 'hold' || !open.options.includes(decision)) return false;
    this.take(open, decision, remark);
    return true;
  }

  /** The payload that would answer the open question. */
  payload(): string | undefined {
    const open = this.open();
    return open === undefined ? undefined : decisionPayload(open);
  }

  private take(record: DecisionRecord, decision: Decision, { by, comment }: Remark): void {
    record.outcome = decision;
    record.answeredAt = now();
    if (by !== undefined) record.by = by;
    if (comment !== undefined) record.comment = comment;
    this.state.action('decide', `${decision}: ${questionTitle(record)}`, by, comment);
  }

  private open(): DecisionRecord | undefined {
    const record = this.opened?.record;
    return record === undefined || record.digest === '' || record.outcome !== undefined ? undefined : record;
  }
}

/** What a stage is told; undefined when the question was withdrawn. */
function answerOf({ record, node, pods }: Opened): StageAnswer | undefined {
  const { outcome, by, comment } = record;
  if (outcome === undefined || outcome === 'void' || outcome === 'aborted') return undefined;
  return {
    kind: 'decision',
    decision: outcome,
    pods,
    ...(by === undefined ? {} : { by }),
    ...(comment === undefined ? {} : { comment }),
    ...(node === undefined ? {} : { node }),
  };
}

/** `the drain of 1.32/workers/blue is stuck`. */
export function questionTitle({ about, at }: Pick<DecisionRecord, 'about' | 'at'>): string {
  switch (about) {
    case 'drain':
      return `the drain of ${at} is stuck`;
    case 'guard':
      return `a guard fails at ${at}`;
    case 'hold':
      return `the roll of ${at} holds`;
    case 'routing':
      return `${at}: the weights are set by a person`;
    case 'step':
      return `${at}: how green does is not known`;
  }
}

function podName({ namespace, name }: PodReference): string {
  return `${namespace}/${name}`;
}
