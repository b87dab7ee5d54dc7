import type { GateName } from './status.ts';
import type { Decision, DecisionAnswer, DecisionRecord } from './workers.ts';

/**
 * What people say to a running upgrade. `approve`, `reject` and `decide` exist as an update (refused at once when they do not
 * fit) and as a signal of the same name (for the Temporal UI and for times without a worker; a refusal then stands in
 * the current details, the status and the report).
 */
export const messageNames = {
  approve: 'approve',
  reject: 'reject',
  decide: 'decide',
  pause: 'pause',
  resume: 'resume',
  abort: 'abort',
  rollback: 'rollback',
  status: 'status',
} as const;

/** Shown by the Temporal UI beside each message; the example is what a person pastes and edits. */
export const messageDescriptions = {
  approve:
    'Approves the gate that is open: plan, hop, workers, cutover or retire. Example: {"gate":"cutover","by":"your name","digest":"the 8 characters shown"} (optional: "comment")',
  reject:
    'Rejects the gate that is open, which ends the upgrade (after a cutover it keeps the old cluster). Example: {"gate":"plan","by":"your name","digest":"the 8 characters shown","comment":"why"}',
  decide:
    'Answers what is asked beside the gates, about nodes or about a cutover. Example: {"decision":"restart","by":"your name","digest":"the 8 characters shown"} (optional: "node" for skip, "pods" for force and restart as ["namespace/name"], "comment")',
  pause:
    'No new change starts until resume; what runs is finished. Example: {"by":"your name","comment":"why"} (both optional)',
  resume:
    'Goes on after a pause, or accepts workloads that stay broken. Example: {"by":"your name","comment":"why"} (both optional)',
  abort:
    'Finishes what EKS is doing, puts back what was changed for the upgrade, reports and ends. Example: {"by":"your name","comment":"why"} (both optional)',
  rollback:
    'Goes back: Pods to the old nodes of the group that is being rolled, or in a migration all users to the old cluster, as long as these are there. Example: {"by":"your name","comment":"why"} (both optional)',
  status: 'Everything about this upgrade as JSON.',
} as const;

/** The answer to a gate. */
export interface GateAnswer {
  gate: GateName;
  by: string;
  /** At least the first 8 characters of the opening's digest. */
  digest: string;
  comment?: string;
}

/** What goes with pause, resume, abort and rollback. */
export interface Remark {
  by?: string;
  comment?: string;
}

/** Shortest accepted prefix of a digest. */
export const digestPrefixLength = 8;

/** Stands where people put their own; an answer that still has it was not read by anybody. */
const exampleName = 'your name';

/** The payload to paste at a gate, as one line of JSON. */
export function answerPayload(gate: GateName, digest: string): string {
  return JSON.stringify({ gate, by: exampleName, digest: digest.slice(0, digestPrefixLength) });
}

/** The payload to paste at a question, with what would be taken if nobody answered. */
export function decisionPayload({ byDefault, digest }: Pick<DecisionRecord, 'byDefault' | 'digest'>): string {
  return JSON.stringify({
    decision: byDefault,
    by: exampleName,
    digest: digest.slice(0, digestPrefixLength),
  });
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: string };

/** Every decision that there is; which of them a question takes stands in its options. */
export const decisions: readonly Decision[] = [
  'wait',
  'restart',
  'skip',
  'force',
  'force-group',
  'forward',
  'back',
  'stay',
  'done',
];

const gateNames: readonly GateName[] = ['plan', 'hop', 'workers', 'cutover', 'retire'];

/** Reads what came with `approve` or `reject`; never throws, because a signal handler must not. */
export function parseGateAnswer(payload: unknown): Parsed<GateAnswer> {
  if (isUnreadable(payload)) return { ok: false, reason: unreadableReason(payload) };
  if (!isRecord(payload)) return { ok: false, reason: `the payload must be a JSON object${quoted(payload)}` };
  const problems: string[] = [];
  const gate = payload['gate'];
  if (!gateNames.includes(gate as GateName)) problems.push(`"gate" must be one of ${gateNames.join(', ')}`);
  const by = text(payload, 'by', problems, true);
  if (by === exampleName) problems.push('"by" must be your own name');
  const digest = digestText(payload, problems);
  const comment = text(payload, 'comment', problems, false);
  refuseOthers(payload, ['gate', 'by', 'digest', 'comment'], problems);
  if (problems.length > 0) return { ok: false, reason: problems.join('; ') };
  return {
    ok: true,
    value: {
      gate: gate as GateName,
      by: by ?? '',
      digest: digest ?? '',
      ...(comment === undefined ? {} : { comment }),
    },
  };
}

/** Reads what came with `decide`; never throws. Whether it fits the open question is for who holds that. */
export function parseDecision(payload: unknown): Parsed<DecisionAnswer> {
  if (isUnreadable(payload)) return { ok: false, reason: unreadableReason(payload) };
  if (!isRecord(payload)) return { ok: false, reason: `the payload must be a JSON object${quoted(payload)}` };
  const problems: string[] = [];
  const decision = payload['decision'];
  if (!decisions.includes(decision as Decision)) {
    problems.push(`"decision" must be one of ${decisions.join(', ')}`);
  }
  const by = text(payload, 'by', problems, true);
  if (by === exampleName) problems.push('"by" must be your own name');
  const digest = digestText(payload, problems);
  const node = text(payload, 'node', problems, false);
  const pods = podNames(payload, problems);
  const comment = text(payload, 'comment', problems, false);
  refuseOthers(payload, ['decision', 'node', 'pods', 'by', 'digest', 'comment'], problems);
  if (problems.length > 0) return { ok: false, reason: problems.join('; ') };
  return {
    ok: true,
    value: {
      decision: decision as Decision,
      by: by ?? '',
      digest: digest ?? '',
      ...(node === undefined ? {} : { node }),
      ...(pods === undefined ? {} : { pods }),
      ...(comment === undefined ? {} : { comment }),
    },
  };
}

/** Reads what came with `pause`, `resume`, `abort` or `rollback`. Nothing at all is fine. */
export function parseRemark(payload: unknown): Parsed<Remark> {
  if (payload === undefined || payload === null) return { ok: true, value: {} };
  if (isUnreadable(payload)) return { ok: false, reason: unreadableReason(payload) };
  if (!isRecord(payload)) {
    return { ok: false, reason: `the payload must be a JSON object, or nothing${quoted(payload)}` };
  }
  const problems: string[] = [];
  const by = text(payload, 'by', problems, false);
  if (by === exampleName) problems.push('"by" must be your own name');
  const comment = text(payload, 'comment', problems, false);
  refuseOthers(payload, ['by', 'comment'], problems);
  if (problems.length > 0) return { ok: false, reason: problems.join('; ') };
  return {
    ok: true,
    value: { ...(by === undefined ? {} : { by }), ...(comment === undefined ? {} : { comment }) },
  };
}

/**
 * What our payload converter hands over for a payload that it cannot decode, so that the handler can refuse it where
 * people see it. Without this the workflow task would fail over and over.
 */
export interface UnreadablePayload {
  stepladderUnreadablePayload: { encoding: string; reason: string };
}

export function isUnreadable(payload: unknown): payload is UnreadablePayload {
  return isRecord(payload) && isRecord(payload['stepladderUnreadablePayload']);
}

function unreadableReason(payload: UnreadablePayload): string {
  return `the payload came in the encoding ${payload.stepladderUnreadablePayload.encoding} and could not be read; send plain JSON (json/plain)`;
}

/** A common slip: the JSON was quoted once more. */
function quoted(payload: unknown): string {
  return typeof payload === 'string' && payload.trim().startsWith('{') ? ', not a text that holds one' : '';
}

function refuseOthers(payload: Record<string, unknown>, fields: readonly string[], problems: string[]): void {
  for (const key of Object.keys(payload)) {
    if (!fields.includes(key)) problems.push(`"${key.slice(0, 40)}" is not a field of it`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function digestText(payload: Record<string, unknown>, problems: string[]): string | undefined {
  const digest = text(payload, 'digest', problems, true)?.toLowerCase();
  if (digest !== undefined && !/^[0-9a-f]{8,64}$/.test(digest)) {
    problems.push(`"digest" must be the digest's first ${digestPrefixLength} characters or more`);
  }
  return digest;
}

function podNames(payload: Record<string, unknown>, problems: string[]): string[] | undefined {
  const pods = payload['pods'];
  if (pods === undefined) return undefined;
  const named = (Array.isArray(pods) ? pods : []).filter(
    (pod): pod is string => typeof pod === 'string' && /^[^/\s]{1,63}\/[^/\s]{1,253}$/.test(pod),
  );
  if (Array.isArray(pods) && named.length > 0 && named.length === pods.length) return named;
  problems.push('"pods" must be a list of "namespace/name"');
  return undefined;
}

function text(
  record: Record<string, unknown>,
  key: string,
  problems: string[],
  required: boolean,
): string | undefined {
  const value = record[key];
  if (value === undefined && !required) return undefined;
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 1000) return value.trim();
  problems.push(`"${key}" must be a text of 1 to 1000 characters`);
  return undefined;
}
