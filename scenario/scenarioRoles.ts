/** The part of a scenario that says whom IAM roles trust. */
import { z } from 'zod';

export const roleSchema = z.strictObject({
  arn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'expected the ARN of an IAM role')
    .describe('ARN of the IAM role.'),
  trustPolicy: z
    .looseObject({ Statement: z.unknown() })
    .optional()
    .describe(
      'Its trust policy, as in IAM. `{provider}` in a text stands for the ARN of the OIDC provider of the cluster, `{issuer}` for its issuer without `https://`. Unless given: the service accounts that name the role may assume it.',
    ),
});
