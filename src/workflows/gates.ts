import { condition } from '@temporalio/workflow';
import { gateTitle } from '../contract/gateText.ts';
import { answerPayload, digestPrefixLength } from '../contract/messages.ts';
import type { GateAnswer, Parsed } from '../contract/messages.ts';
import type { Request } from '../contract/request.ts';
import type { GateName, GateRecord } from '../contract/status.ts';
import { perform } from './activities.ts';
import { failure } from './failures.ts';
import { now, scaledDuration } from './time.ts';
import type { UpgradeState } from './upgradeState.ts';

export type Verdict = 'approve' | 'reject';

/**
 * The moments that wait for a person. Each opening has a digest of its own; an answer names it, so that nobody
 * approves what they have not seen (rule 12). One gate is open at a time.
 */
export class Gates {
  private readonly state: UpgradeState;

  constructor(state: UpgradeState) {
    this.state = state;
  }

  /**
   * Opens a gate and waits for its answer.
   *
   * @param shown what the person decides on, Markdown lines
   * @returns the record of the opening, approved
   * @throws ApplicationFailure `Rejected` when a person says no, or nobody answers in time and the request says so
   */
  async ask(
    gate: GateName,
    planDigest: string,
    shown: string[],
    request: Request,
    hop?: string,
    nodeGroup?: string,
  ): Promise<GateRecord> {
    const opening =
      this.state.status.gates.filter(
        (record) => record.gate === gate && record.hop === hop && record.nodeGroup === nodeGroup,
      ).length + 1;
    const at = {
      ...(hop === undefined ? {} : { hop }),
      ...(nodeGroup === undefined ? {} : { nodeGroup }),
    };
    const { digest } = await perform(
      'digestOpening',
      `Open gate ${gate}${hop === undefined ? '' : ` of ${hop}`}`,
      {
        planDigest,
        gate,
        ...at,
        opening,
        evidence: shown,
      },
    );
    const limitMs = scaledDuration(request.timing, request.gates.timeout);
    const closesAt = new Date(Date.now() + limitMs).toISOString();
    const record: GateRecord = { gate, ...at, opening, digest, openedAt: now(), closesAt, shown };
    this.state.status.gates.push(record);
    this.announce(record, `${capital(gateTitle(record))} waits for approval`);
    this.state.beginWait(
      'gate',
      `Approval of ${gateTitle(record)}, digest ${digest.slice(0, digestPrefixLength)}.`,
      closesAt,
    );
    try {
      await this.answered(record, limitMs, request);
    } catch (cancelled) {
      record.outcome ??= 'aborted';
      throw cancelled;
    } finally {
      this.state.endWait('gate');
    }
    if (record.outcome === 'rejected') {
      throw failure(
        'Rejected',
        `${record.by ?? 'Somebody'} rejected ${gateTitle(record)}${record.comment === undefined ? '' : `: ${record.comment}`}.`,
      );
    }
    return record;
  }

  private async answered(record: GateRecord, limitMs: number, request: Request): Promise<void> {
    const summary = `until gate ${record.gate} closes at ${record.closesAt ?? ''}`;
    while (!(await condition(() => record.outcome !== undefined, limitMs, { summary }))) {
      if (request.gates.onTimeout === 'reject') {
        record.outcome = 'timed-out';
        record.answeredAt = now();
        throw failure(
          'Rejected',
          `Nobody answered for ${gateTitle(record)} within ${request.gates.timeout}.`,
        );
      }
      record.closesAt = new Date(Date.now() + limitMs).toISOString();
      this.announce(record, `${capital(gateTitle(record))} still waits for approval`);
      this.state.publish();
    }
  }

  /** Why an answer can't be accepted now, or undefined when it can. */
  refusal(parsed: Parsed<GateAnswer>): string | undefined {
    if (!parsed.ok) return parsed.reason;
    const { gate, digest } = parsed.value;
    const open = this.open();
    if (open === undefined) return 'no gate is open';
    if (open.gate !== gate) return `gate "${gate}" is not open, "${open.gate}" is`;
    if (!open.digest.startsWith(digest)) {
      const earlier = this.state.status.gates.find(
        (record) => record !== open && record.digest.startsWith(digest),
      );
      if (earlier !== undefined && earlier.gate !== gate) {
        return `digest ${digest} is of the gate "${earlier.gate}"; look at what "${gate}" asks, whose digest is ${open.digest.slice(0, digestPrefixLength)}`;
      }
      return earlier !== undefined
        ? `digest ${digest} is of an earlier opening; what is asked has changed since, look at it again`
        : `digest ${digest} is not of this opening, whose digest is ${open.digest.slice(0, digestPrefixLength)}`;
    }
    return undefined;
  }

  /** Takes an answer that `refusal` has let pass. */
  accept(verdict: Verdict, answer: GateAnswer): void {
    const open = this.open();
    if (open === undefined) return;
    open.outcome = verdict === 'approve' ? 'approved' : 'rejected';
    open.by = answer.by;
    open.answeredAt = now();
    if (answer.comment !== undefined) open.comment = answer.comment;
    this.state.publish();
  }

  /** The payload that would answer the open gate. */
  payload(): string | undefined {
    const open = this.open();
    return open === undefined ? undefined : answerPayload(open.gate, open.digest);
  }

  private open(): GateRecord | undefined {
    return this.state.status.gates.find((record) => record.outcome === undefined);
  }

  private announce(record: GateRecord, title: string): void {
    this.state.announce({
      kind: 'gate',
      title,
      lines: record.shown,
      payload: answerPayload(record.gate, record.digest),
    });
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
