import { admits } from './admits.ts';
import { blueStatements, lengthObstacle, trustingGreen } from './greenTrust.ts';
import type { Issuer, TrustObstacle } from './greenTrust.ts';
import type { TrustPolicy } from './trustPolicy.ts';

/** How a role stands to green. */
export type RoleJudgement =
  { state: 'trusts-green' } | { state: 'can-be-told' } | ({ state: 'unclear' } & TrustObstacle);

/**
 * Whether a role trusts green already, can be told to, or what stands against it.
 *
 * @param by.green absent while there is none: its issuer is not known before, and is as long as blue's
 * @param by.serviceAccounts those that assume the role on blue, `namespace/name`
 */
export function judgeRole(
  policy: TrustPolicy,
  by: { blue: Issuer; green?: Issuer | undefined; sid: string; serviceAccounts: readonly string[] },
): RoleJudgement {
  const { blue, green, sid } = by;
  if (green !== undefined && admitsAll(policy, blue, green, by.serviceAccounts)) {
    return { state: 'trusts-green' };
  }
  const statements = blueStatements(policy, blue);
  if (!Array.isArray(statements)) return { state: 'unclear', ...statements };
  const told = trustingGreen(policy, { blue, green: green ?? someIssuer(blue), sid });
  if (told === undefined) return { state: 'trusts-green' };
  const obstacle = lengthObstacle(policy, told);
  return obstacle === undefined ? { state: 'can-be-told' } : { state: 'unclear', ...obstacle };
}

/** In whatever words: a person may have told a role of green in others than it knows blue by. */
function admitsAll(
  policy: TrustPolicy,
  blue: Issuer,
  green: Issuer,
  serviceAccounts: readonly string[],
): boolean {
  const admitted = serviceAccounts.filter((each) => admits(policy, blue, each));
  return admitted.length > 0 && admitted.every((each) => admits(policy, green, each));
}

/** An issuer of the same length that is nobody's. */
function someIssuer({ name, providerArn }: Issuer): Issuer {
  const other = (text: string) => `${text.slice(0, -1)}${text.endsWith('-') ? '_' : '-'}`;
  return { name: other(name), providerArn: other(providerArn) };
}
