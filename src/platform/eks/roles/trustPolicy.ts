import { z } from 'zod';

/**
 * A role's trust policy, as far as it is looked into. Whatever else stands in it is kept as it is
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
 */

const texts = z.union([z.string(), z.array(z.string())]);

const statementSchema = z.looseObject({
  Sid: z.string().optional(),
  Effect: z.string(),
  Principal: z.union([z.string(), z.record(z.string(), texts)]).optional(),
  Action: texts.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

const policySchema = z.looseObject({
  Statement: z.union([statementSchema, z.array(statementSchema)]),
});

export type TrustStatement = z.infer<typeof statementSchema>;
export type TrustPolicy = z.infer<typeof policySchema>;

/** Reads a trust policy as GetRole gives it, URL-encoded, or as plain JSON. Undefined for what is none. */
export function readTrustPolicy(document: string): TrustPolicy | undefined {
  try {
    const text = document.trimStart().startsWith('{') ? document : decodeURIComponent(document);
    const value: unknown = JSON.parse(text);
    // The value itself and not what the schema makes of it, whose fields are in another order.
    return policySchema.safeParse(value).success ? (value as TrustPolicy) : undefined;
  } catch {
    return undefined;
  }
}

/** Its statements, of which a policy may have one without a list. */
export function statementsOf({ Statement: statement }: TrustPolicy): TrustStatement[] {
  return Array.isArray(statement) ? statement : [statement];
}

/** The same policy with other statements. */
export function withStatements(policy: TrustPolicy, statements: TrustStatement[]): TrustPolicy {
  return { ...policy, Statement: statements };
}

/** Its length as IAM counts it against the quota: white space outside of texts is none. */
export function policyLength(policy: TrustPolicy): number {
  return JSON.stringify(policy).length;
}

/** The OIDC and SAML providers that a statement names. */
export function federatedOf({ Principal: principal }: TrustStatement): string[] {
  return typeof principal === 'object' ? list(principal['Federated']) : [];
}

export const list = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;
