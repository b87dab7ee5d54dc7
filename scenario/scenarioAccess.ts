/** The parts of a scenario that say who may come into the cluster, and as whom its Pods go to AWS. */
import { z } from 'zod';
import { objectName, stringMap } from './scenarioFields.ts';

const principal = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:(user|role)\/.+$/, 'expected the ARN of an IAM user or role');
const role = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'expected the ARN of an IAM role');

export const accessEntrySchema = z.strictObject({
  principal: principal.describe('ARN of the IAM user or role that is let in.'),
  type: z
    .enum(['STANDARD', 'EC2_LINUX', 'EC2_WINDOWS', 'FARGATE_LINUX', 'EC2', 'HYBRID_LINUX', 'HYPERPOD_LINUX'])
    .default('STANDARD')
    .describe("EKS's type of the entry; all but STANDARD are for nodes."),
  groups: z.array(z.string().min(1)).optional().describe('Kubernetes groups; none unless given.'),
  username: z.string().min(1).optional().describe('Kubernetes name; made from the principal unless given.'),
  policies: z
    .array(
      z.strictObject({
        policy: z
          .string()
          .regex(/^AmazonEKS\w+Policy$/, 'expected the name of an access policy, AmazonEKSViewPolicy')
          .describe('Name of the access policy, e.g. `AmazonEKSViewPolicy`.'),
        namespaces: z
          .array(objectName)
          .min(1)
          .optional()
          .describe('Namespaces that it is for; the whole cluster unless given.'),
      }),
    )
    .default([])
    .describe('Access policies of the entry.'),
  tags: stringMap.default({}).describe('Tags of the entry.'),
});

export const podIdentitySchema = z.strictObject({
  namespace: objectName.describe('Namespace of the service account.'),
  serviceAccount: objectName.describe('Service account whose Pods get the role.'),
  role: role.describe('ARN of the IAM role.'),
  targetRole: role.optional().describe('ARN of a role of another account that is assumed from there.'),
  tags: stringMap.default({}).describe('Tags of the association.'),
});
