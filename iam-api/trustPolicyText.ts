import { z } from 'zod';
import { IamError } from './errors.ts';

const statement = z.looseObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.record(z.string(), z.unknown())]).optional(),
  NotPrincipal: z.unknown().optional(),
});
const policy = z.looseObject({ Statement: z.union([statement, z.array(statement).min(1)]) });

/**
 * Refuses a trust policy as IAM would, as far as that is of use here.
 *
 * @param quota characters that it may have, white space apart
 * @throws IamError MalformedPolicyDocument, LimitExceeded
 */
export function refuseBadPolicy(text: string, quota: number): void {
  const { Statement: found } = parse(text);
  const statements = Array.isArray(found) ? found : [found];
  const sids = statements.flatMap(({ Sid: sid }) => (sid === undefined || sid === '' ? [] : [sid]));
  if (sids.some((sid) => !/^[A-Za-z0-9]+$/.test(sid))) {
    throw malformed(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    );
  }
  if (new Set(sids).size < sids.length) {
    throw malformed('Statement IDs (SID) in a single policy must be unique.');
  }
  if (statements.some((each) => each.Principal === undefined && each.NotPrincipal === undefined)) {
    throw malformed('Missing required field Principal');
  }
  if (text.replaceAll(/\s/g, '').length > quota) {
    throw new IamError('LimitExceeded', `Cannot exceed quota for ACLSizePerRole: ${quota}`);
  }
}

function parse(text: string): z.infer<typeof policy> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  const result = policy.safeParse(value);
  if (result.success) return result.data;
  throw malformed('Syntax errors in policy.');
}

const malformed = (message: string): IamError => new IamError('MalformedPolicyDocument', message);
