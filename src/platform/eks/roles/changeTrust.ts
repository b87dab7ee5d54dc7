import { setTimeout as sleep } from 'node:timers/promises';
import { StepladderError } from '../../../contract/errors.ts';
import { isSamePolicy } from './greenTrust.ts';
import type { IamConnection } from './iamConnection.ts';
import { trustPolicyOf, writeTrustPolicy } from './roles.ts';
import type { TrustPolicy } from './trustPolicy.ts';

/** How often a policy that somebody else changes at the same time is begun anew. */
const mostTries = 5;
/** IAM shows a change to every reader a little later. How often, and with which pause (milliseconds), it is looked for. */
const looks = { most: 10, pauseMs: 500 } as const;

/**
 * Changes a role's trust policy by what it is. IAM knows no condition on a write, so the policy is read right before it
 * is written and again afterwards: what somebody else has written in between is not ours to lose, and is begun anew from.
 *
 * @param change what becomes of a policy; undefined when it is as it should be
 * @returns whether anything was written
 * @throws StepladderError `ServerError` when others never leave it alone; as every call to AWS
 */
export async function changeTrust(
  connection: IamConnection,
  arn: string,
  change: (policy: TrustPolicy) => TrustPolicy | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  let before = await trustPolicyOf(connection, arn, signal);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const after = change(before);
    if (after === undefined) return tries > 0;
    await writeTrustPolicy(connection, arn, after, signal);
    const seen = await lookAfter(connection, arn, before, signal);
    if (isSamePolicy(seen, after)) return true;
    before = seen;
  }
  throw new StepladderError(
    'ServerError',
    `The trust policy of role ${arn} was written ${mostTries} times, and is never as it was left: somebody else changes it at the same time. Find out who; it is tried again.`,
    { role: arn },
  );
}

/** Reads until it is no longer what it was before: that is an answer from before the write. */
async function lookAfter(
  connection: IamConnection,
  arn: string,
  before: TrustPolicy,
  signal: AbortSignal | undefined,
): Promise<TrustPolicy> {
  for (let look = 1; ; look += 1) {
    const seen = await trustPolicyOf(connection, arn, signal);
    if (!isSamePolicy(seen, before) || look === looks.most) return seen;
    await sleep(looks.pauseMs, undefined, signal === undefined ? {} : { signal });
  }
}
