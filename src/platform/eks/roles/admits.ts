import type { Issuer } from './greenTrust.ts';
import { federatedOf, list, statementsOf } from './trustPolicy.ts';
import type { TrustPolicy, TrustStatement } from './trustPolicy.ts';

/** What a token of a service account is made for, unless it says something else. */
const audience = 'sts.amazonaws.com';
const assume = 'sts:AssumeRoleWithWebIdentity';

/**
 * Whether Pods of a service account may assume a role by an issuer, as far as conditions on its subject and audience
 * tell. A statement with any other condition is taken for one that does not let them.
 *
 * @param serviceAccount `namespace/name`
 */
export function admits(policy: TrustPolicy, issuer: Issuer, serviceAccount: string): boolean {
  const statements = statementsOf(policy);
  const subject = `system:serviceaccount:${serviceAccount.replace('/', ':')}`;
  if (statements.some((statement) => statement.Effect !== 'Allow')) return false;
  return statements.some(
    (statement) =>
      federatedOf(statement).includes(issuer.providerArn) &&
      list(statement.Action).some((action) => isLike(assume.toLowerCase(), action.toLowerCase())) &&
      conditionsHold(statement, issuer, subject),
  );
}

function conditionsHold(
  { Condition: condition = {} }: TrustStatement,
  issuer: Issuer,
  subject: string,
): boolean {
  return Object.entries(condition).every(([operator, tests]) =>
    Object.entries(tests).every(([key, wanted]) => {
      const values = list(typeof wanted === 'string' ? wanted : Array.isArray(wanted) ? wanted : []);
      const is = valueOf(key.toLowerCase(), issuer.name.toLowerCase(), subject);
      if (is === undefined) return false;
      if (operator === 'StringEquals') return values.includes(is);
      return operator === 'StringLike' && values.some((pattern) => isLike(is, pattern));
    }),
  );
}

function valueOf(key: string, issuer: string, subject: string): string | undefined {
  if (key === `${issuer}:sub`) return subject;
  return key === `${issuer}:aud` ? audience : undefined;
}

/** IAM's patterns: `*` is any text, `?` any one character. */
function isLike(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}
