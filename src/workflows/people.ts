import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  messageDescriptions,
  messageNames,
  parseDecision,
  parseGateAnswer,
  parseRemark,
} from '../contract/messages.ts';
import type { Remark } from '../contract/messages.ts';
import type { UpgradeStatus } from '../contract/status.ts';
import type { Decisions } from './decisions.ts';
import { failure } from './failures.ts';
import type { Gates, Verdict } from './gates.ts';
import type { UpgradeState } from './upgradeState.ts';

/** What an accepted message brings about. */
export interface Reactions {
  pause: (remark: Remark) => void;
  resume: (remark: Remark) => void;
  abort: (remark: Remark) => void;
  /** Returns why it can't be done now. */
  rollback: (remark: Remark) => string | undefined;
}

const statusQuery = defineQuery<UpgradeStatus>(messageNames.status);

/**
 * Listens to people. A signal's handler never throws: what it can't accept is shown instead. An update is refused
 * before it enters the history.
 */
export function listen(state: UpgradeState, gates: Gates, decisions: Decisions, reactions: Reactions): void {
  setHandler(statusQuery, () => state.status, { description: messageDescriptions.status });
  listenForAnswers(state, gates, 'approve');
  listenForAnswers(state, gates, 'reject');
  listenForDecisions(state, decisions);
  listenForRemarks(state, 'pause', reactions.pause);
  listenForRemarks(state, 'resume', reactions.resume);
  listenForRemarks(state, 'abort', reactions.abort);
  listenForRemarks(state, 'rollback', reactions.rollback);
}

function listenForAnswers(state: UpgradeState, gates: Gates, verdict: Verdict): void {
  const description = messageDescriptions[verdict];
  setHandler(
    defineUpdate<string, [unknown]>(verdict),
    (payload) => {
      const parsed = parseGateAnswer(payload);
      // The validator has let it pass; an answer that came in the same moment may have been faster.
      const refusal = gates.refusal(parsed);
      if (refusal !== undefined || !parsed.ok)
        throw failure('Rejected', refused(refusal ?? '', gates.payload()));
      gates.accept(verdict, parsed.value);
      return `${verdict === 'approve' ? 'Approved' : 'Rejected'} by ${parsed.value.by}.`;
    },
    {
      description,
      validator: (payload) => {
        const refusal = gates.refusal(parseGateAnswer(payload));
        if (refusal !== undefined) throw failure('InvalidInput', refused(refusal, gates.payload()));
      },
    },
  );
  setHandler(
    defineSignal<[unknown]>(verdict),
    (payload) => {
      const parsed = parseGateAnswer(payload);
      const refusal = gates.refusal(parsed);
      if (refusal !== undefined || !parsed.ok) {
        state.refuse(verdict, refusal ?? '', parsed.ok ? parsed.value.by : undefined, gates.payload());
        return;
      }
      gates.accept(verdict, parsed.value);
    },
    { description },
  );
}

function listenForDecisions(state: UpgradeState, decisions: Decisions): void {
  const name = messageNames.decide;
  const description = messageDescriptions.decide;
  setHandler(
    defineUpdate<string, [unknown]>(name),
    (payload) => {
      const parsed = parseDecision(payload);
      // The validator has let it pass; an answer that came in the same moment may have been faster.
      const refusal = decisions.refusal(parsed);
      if (refusal !== undefined || !parsed.ok) {
        throw failure('Rejected', refused(refusal ?? '', decisions.payload(), 'question'));
      }
      decisions.accept(parsed.value);
      return `Decided by ${parsed.value.by}: ${parsed.value.decision}.`;
    },
    {
      description,
      validator: (payload) => {
        const refusal = decisions.refusal(parseDecision(payload));
        if (refusal !== undefined) {
          throw failure('InvalidInput', refused(refusal, decisions.payload(), 'question'));
        }
      },
    },
  );
  setHandler(
    defineSignal<[unknown]>(name),
    (payload) => {
      const parsed = parseDecision(payload);
      const refusal = decisions.refusal(parsed);
      if (refusal !== undefined || !parsed.ok) {
        state.refuse(name, refusal ?? '', parsed.ok ? parsed.value.by : undefined, decisions.payload());
        return;
      }
      decisions.accept(parsed.value);
    },
    { description },
  );
}

function listenForRemarks(
  state: UpgradeState,
  name: 'pause' | 'resume' | 'abort' | 'rollback',
  /** Returns why it can't be done, if it can't. */
  react: (remark: Remark) => unknown,
): void {
  setHandler(
    defineSignal<[unknown]>(name),
    (payload) => {
      const parsed = parseRemark(payload);
      if (!parsed.ok) {
        state.refuse(name, parsed.reason, undefined, '{"by":"your name","comment":"why"}');
        return;
      }
      const refusal = react(parsed.value);
      if (typeof refusal === 'string') state.refuse(name, refusal, parsed.value.by);
    },
    { description: messageDescriptions[name] },
  );
}

function refused(reason: string, payload: string | undefined, what = 'gate'): string {
  return `Refused: ${reason}.${payload === undefined ? '' : ` The payload that answers the open ${what}: ${payload}`}`;
}
