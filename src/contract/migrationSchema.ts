import { z } from 'zod';
import { duration } from './duration.ts';
import { probeSchema } from './probe.ts';
import { resourceSourceSchema } from './resourceSourceSchema.ts';
import { routerSchema, weightStepsSchema } from './routing.ts';

const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const greenSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, {
        error:
          'must be a cluster name: 1 to 100 letters, digits, "-" or "_", beginning with a letter or digit',
      })
      .optional()
      .describe('Its name. Without it the old one’s with the version, such as `prod-1-34`.'),
    existing: z
      .boolean()
      .default(false)
      .describe(
        'A cluster of that name is there already, with its nodes and add-ons: it is used, and never removed.',
      ),
    onFailure: z
      .enum(['remove', 'keep'])
      .default('remove')
      .describe(
        'What becomes of a new cluster that we made, when the migration fails or is aborted: `keep` leaves it for inspection.',
      ),
  })
  .prefault({})
  .describe('The new cluster.');

const singletonSchema = z.strictObject({
  kind: z.enum(['Deployment', 'StatefulSet']),
  namespace: z.string().regex(namespaceName, { error: 'must be the name of a namespace' }),
  name: z.string().regex(objectName, { error: 'must be the name of a workload' }),
});

const claimName = z.string().regex(/^(\*|[a-z0-9][-a-z0-9]*\/(\*|[a-z0-9][-a-z0-9.]*))$/, {
  error: 'must be a claim as "namespace/name", all of a namespace as "namespace/*", or all as "*"',
});

/** A migration to a new cluster beside the old one. */
export const migrationSchema = z
  .strictObject({
    green: greenSchema,
    resources: z
      .array(resourceSourceSchema)
      .min(1)
      .default([{ copy: { excludeNamespaces: [], excludeKinds: [] } }])
      .describe('Where its Kubernetes resources come from, in this order.'),
    volumes: z
      .record(claimName, z.enum(['empty', 'restored', 'shared']))
      .default({})
      .describe(
        'What is done about the data of volumes, by claim: `empty` (nothing comes along), `restored` (by a job of your own), `shared` (both clusters use the same). A claim that is not named is a blocker.',
      ),
    singletons: z
      .array(singletonSchema)
      .default([])
      .describe(
        'Workloads of which no two may work at the same time: they are started on the new cluster only at the cutover.',
      ),
    roles: z
      .enum(['trust', 'check'])
      .default('trust')
      .describe(
        'IAM roles that Pods assume by the cluster’s OIDC issuer: `trust` adds the new cluster’s to their trust policies; `check` changes nothing, and a role that does not trust it is a blocker.',
      ),
    probes: z
      .array(probeSchema)
      .default([])
      .describe('What the new cluster must answer, before users are sent there and at each step.'),
    healthyTimeout: duration('How long the new cluster’s workloads have to become Ready.', '15m'),
    routing: routerSchema,
    steps: weightStepsSchema.describe('By which steps the users go over.'),
    afterReturn: z
      .enum(['ask', 'end'])
      .default('ask')
      .describe(
        'When the users were sent back to the old cluster: `ask` opens the gate `cutover` once more; `end` ends the migration as failed.',
      ),
    keepOldFor: duration(
      'How long the old cluster is kept as it was, after all users have gone over. `rollback` sends them back until then.',
      '72h',
    ),
  })
  .describe('A migration to a new cluster beside the old one: `workers.strategy` "blue-green".');

export type MigrationRequest = z.infer<typeof migrationSchema>;
