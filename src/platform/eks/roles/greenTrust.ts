import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { federatedOf, list, policyLength, statementsOf, withStatements } from './trustPolicy.ts';
import type { TrustPolicy, TrustStatement } from './trustPolicy.ts';

/** How an issuer stands in trust policies: its name in the keys of conditions, its provider as the principal. */
export interface Issuer {
  /** The URL without its scheme. */
  name: string;
  providerArn: string;
}

/** What stands against giving a role's statements for blue to green as well, and what helps. */
export interface TrustObstacle {
  why: string;
  remedy: string;
  /** True where it is certain that AWS would refuse the change, or may. */
  blocks: boolean;
}

/** Quota `Role trust policy length` of an account: what it is by default, and what it can be raised to. Characters. */
export const policyQuota = { usual: 2_048, highest: 4_096 } as const;

/**
 * By what our statements in a policy are known again: their Sid begins so (letters and digits are all that a Sid takes).
 *
 * @param greenArn the ARN of the cluster that is trusted by them
 */
export function ownSid(greenArn: string): string {
  return `StepladderGreen${createHash('sha256').update(greenArn).digest('hex').slice(0, 8)}`;
}

/**
 * The statements that trust blue's issuer, each of which can be said of another issuer too; or why they can't. An
 * issuer is named by principals and keys of conditions, and where it stands anywhere else nobody can tell what is meant.
 */
export function blueStatements(policy: TrustPolicy, blue: Issuer): TrustStatement[] | TrustObstacle {
  const found: TrustStatement[] = [];
  for (const statement of statementsOf(policy)) {
    if (!mentions(statement, blue)) continue;
    const unusual = unusualIn(statement, blue);
    if (unusual !== undefined) {
      return {
        why: `its trust policy names the old cluster's issuer in a way that can't be carried over: ${unusual}`,
        remedy:
          'Add the new cluster’s issuer to the policy yourself once it is there (an existing cluster: before), or word the statement as AWS does for service accounts: one Federated principal, with conditions on <issuer>:sub and <issuer>:aud.',
        blocks: false,
      };
    }
    found.push(statement);
  }
  if (found.length > 0) return found;
  return {
    why: "its trust policy does not name the old cluster's OIDC issuer, so that Pods can't assume it there either, or by other means",
    remedy:
      'Take the annotation eks.amazonaws.com/role-arn off its service accounts if it is of no use any more, or mend the trust policy.',
    blocks: false,
  };
}

/**
 * The policy with what it says of blue said of green too; undefined when it does already. Statements of ours for a
 * green of the same name that is no more (another issuer) make room.
 *
 * @throws TypeError when `blueStatements` finds an obstacle: it is asked first
 */
export function trustingGreen(
  policy: TrustPolicy,
  { blue, green, sid }: { blue: Issuer; green: Issuer; sid: string },
): TrustPolicy | undefined {
  const statements = blueStatements(policy, blue);
  if (!Array.isArray(statements)) throw new TypeError(statements.why);
  const wanted = statements.map((statement) => translated(statement, blue, green));
  const kept = statementsOf(policy).filter(
    (statement) => !isOurs(statement, sid) || wanted.some((each) => isSame(each, statement)),
  );
  const missing = wanted.filter(
    (each, index) =>
      !kept.some((statement) => isSame(each, statement)) &&
      wanted.findIndex((other) => isSame(each, other)) === index,
  );
  if (missing.length === 0 && kept.length === statementsOf(policy).length) return undefined;
  const taken = new Set(kept.map(({ Sid }) => Sid));
  const added = missing.map((statement) => {
    const free = freeSid(sid, taken);
    taken.add(free);
    return { Sid: free, ...statement };
  });
  return withStatements(policy, [...kept, ...added]);
}

/** The policy without our statements for a green; undefined when it has none. */
export function distrustingGreen(policy: TrustPolicy, sid: string): TrustPolicy | undefined {
  const statements = statementsOf(policy);
  const kept = statements.filter((statement) => !isOurs(statement, sid));
  return kept.length === statements.length ? undefined : withStatements(policy, kept);
}

/** True when a policy has statements of ours for a green. */
export function hasOurs(policy: TrustPolicy, sid: string): boolean {
  return statementsOf(policy).some((statement) => isOurs(statement, sid));
}

/** What stands against a policy's new length. */
export function lengthObstacle(before: TrustPolicy, after: TrustPolicy): TrustObstacle | undefined {
  const [was, is] = [policyLength(before), policyLength(after)];
  if (is > policyQuota.highest) {
    return {
      why: `its trust policy would have ${is} characters with the new cluster's issuer, and AWS takes ${policyQuota.highest} at most`,
      remedy:
        'Take out of it what is no longer of use (issuers of clusters that are gone), or give some of its service accounts a role of their own.',
      blocks: true,
    };
  }
  // One that is longer already shows that the account's quota was raised.
  if (is <= Math.max(policyQuota.usual, was)) return undefined;
  return {
    why: `its trust policy would have ${is} characters with the new cluster's issuer, and AWS takes ${policyQuota.usual} unless the account's quota "Role trust policy length" was raised`,
    remedy: `Take out of it what is no longer of use (issuers of clusters that are gone), or have the quota raised (up to ${policyQuota.highest}) and override this finding.`,
    blocks: true,
  };
}

/** Whether two policies say the same, whatever the order of their keys. */
export function isSamePolicy(one: TrustPolicy, other: TrustPolicy): boolean {
  return (
    canonicalize(withStatements(one, statementsOf(one))) ===
    canonicalize(withStatements(other, statementsOf(other)))
  );
}

/** The statement said of green: other principals than blue's issuer have it said of themselves already. */
function translated(
  { Sid: _sid, ...statement }: TrustStatement,
  blue: Issuer,
  green: Issuer,
): TrustStatement {
  const condition = statement.Condition;
  return {
    ...statement,
    Principal: { Federated: green.providerArn },
    ...(condition === undefined
      ? {}
      : {
          Condition: Object.fromEntries(
            Object.entries(condition).map(([operator, tests]) => [
              operator,
              Object.fromEntries(
                Object.entries(tests).map(([key, value]) => [renamed(key, blue, green), value]),
              ),
            ]),
          ),
        }),
  };
}

function renamed(key: string, blue: Issuer, green: Issuer): string {
  return isKeyOf(key, blue) ? `${green.name}${key.slice(blue.name.length)}` : key;
}

/** Keys of conditions are told apart whatever their case. */
const isKeyOf = (key: string, { name }: Issuer): boolean =>
  key.toLowerCase().startsWith(`${name.toLowerCase()}:`);

const mentions = (value: unknown, { name }: Issuer): boolean =>
  JSON.stringify(value).toLowerCase().includes(name.toLowerCase());

function unusualIn(statement: TrustStatement, blue: Issuer): string | undefined {
  const called = statement.Sid === undefined ? 'a statement' : `statement ${statement.Sid}`;
  if (statement.Effect !== 'Allow') return `${called} has the effect ${statement.Effect}`;
  for (const field of ['NotPrincipal', 'NotAction', 'NotResource']) {
    if (field in statement) return `${called} has ${field}`;
  }
  if (!federatedOf(statement).includes(blue.providerArn)) {
    return `${called} names it elsewhere than as its Federated principal ${blue.providerArn}`;
  }
  const keys = Object.values(statement.Condition ?? {}).flatMap((tests) => Object.keys(tests));
  const foreign = keys.find((key) => !isKeyOf(key, blue) && !isAwsKey(key));
  if (foreign !== undefined) return `${called} has a condition on another issuer, ${foreign}`;
  // Said of an issuer whose name has nothing to do with it, nothing of blue may be left.
  const nobody: Issuer = { name: '-', providerArn: '-' };
  if (mentions(translated(statement, blue, nobody), blue)) {
    return `${called} names it in a value`;
  }
  return undefined;
}

/** `aws:RequestTag/team` and the like: issuers begin with the name of a host, which has a dot. */
const isAwsKey = (key: string): boolean => /^[a-z0-9-]+:/i.test(key);

const isOurs = ({ Sid: sid }: TrustStatement, own: string): boolean => sid?.startsWith(own) === true;

function freeSid(own: string, taken: ReadonlySet<string | undefined>): string {
  for (let number = 1; ; number += 1) {
    const sid = number === 1 ? own : `${own}n${number}`;
    if (!taken.has(sid)) return sid;
  }
}

/** Whether two statements say the same under whatever Sid. */
function isSame(one: TrustStatement, other: TrustStatement): boolean {
  return meaningOf(one) === meaningOf(other);
}

function meaningOf({ Sid: _sid, ...statement }: TrustStatement): string {
  return canonicalize(inOneForm(statement)) ?? '';
}

/** A list's order means nothing in a policy, and a single value is a list of one. */
function inOneForm(value: unknown): unknown {
  if (Array.isArray(value)) {
    const entries = list(value as string[]).map((entry) => inOneForm(entry));
    return entries.length === 1 ? entries[0] : entries.map((entry) => JSON.stringify(entry)).sort();
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, inOneForm(entry)]));
}
