import { z } from 'zod';
import { duration } from './duration.ts';
import { contradictions } from './workersProblems.ts';

const strategy = z.enum(['managed', 'surge', 'in-place', 'blue-green'], {
  error: 'must be one of "managed", "surge", "in-place", "blue-green"',
});

const groupStrategy = z.enum(['managed', 'surge', 'in-place'], {
  error: (issue) =>
    issue.input === 'blue-green'
      ? '"blue-green" moves the whole cluster: it stands in workers.strategy, not at one group'
      : 'must be one of "managed", "surge", "in-place"',
});

const maxParallelForm = 'must be a number of nodes such as 5, or a share of the group from "1%" to "100%"';
const maxParallel = z.union(
  [
    z.int({ error: maxParallelForm }).min(1, { error: maxParallelForm }),
    z.string().regex(/^([1-9]\d?|100)%$/, { error: maxParallelForm }),
  ],
  { error: maxParallelForm },
);

const canary = z.boolean();

const groupSchema = z
  .strictObject({
    strategy: groupStrategy.optional().describe('How its nodes are replaced, instead of `workers.strategy`.'),
    maxParallel: maxParallel.optional().describe('Instead of `workers.maxParallel`.'),
    canary: canary.optional().describe('Instead of `workers.canary`.'),
    templateVersion: z
      .string()
      .regex(/^[1-9]\d*$/, {
        error: 'must be the number of a launch template version in quotes, such as "7"',
      })
      .optional()
      .describe(
        'Version of its launch template to go to. Needed where the template brings its own image, because only you know which version has the new one.',
      ),
  })
  .describe('What is different for one node group.');

const drainSchema = z
  .strictObject({
    ignoreDaemonSets: z
      .boolean()
      .default(true)
      .describe('Pods of DaemonSets stay and do not hold up the drain; false makes them a stop.'),
    deleteEmptyDirData: z
      .boolean()
      .default(true)
      .describe(
        'Pods with emptyDir volumes are evicted, and what is in those is lost; false makes them a stop.',
      ),
    force: z
      .boolean()
      .default(false)
      .describe('Pods without a controller are evicted too. Nobody makes them anew.'),
    gracePeriodSeconds: z
      .int()
      .min(0)
      .optional()
      .describe("Seconds that each Pod is given to end. Without it each Pod's own."),
    podSelector: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Only Pods with these labels are evicted, e.g. `app=web,tier!=db`. The others go with their node.',
      ),
    skipWaitForDeleteSeconds: z
      .int()
      .min(1)
      .optional()
      .describe('Pods that have been terminating for longer than that are not waited for. Seconds.'),
  })
  .prefault({})
  .describe(
    'What a drain does about Pods that are not simply evicted. The words are those of `kubectl drain`.',
  );

const stuckSchema = z
  .strictObject({
    byDefault: z
      .enum(['wait', 'restart', 'skip', 'force'])
      .default('wait')
      .describe(
        'What is done when nobody decides in time. `wait` tells people again and waits on; `restart` rolls the owner of the Pod; `skip` leaves the node; `force` deletes the Pods that were named, whatever their budgets say.',
      ),
    timeout: duration('How long a person has to decide.', '24h'),
  })
  .prefault({})
  .describe('When a drain makes no progress for `timing.drainTimeout`.');

const holdSchema = z
  .strictObject({
    byDefault: z
      .enum(['stay', 'forward', 'back'])
      .default('stay')
      .describe(
        'What is done when nobody decides in time. `stay` ends with both groups as they are; `forward` carries on; `back` moves Pods back to the old nodes.',
      ),
    timeout: duration('How long a person has to decide.', '24h'),
  })
  .prefault({})
  .describe(
    'When a roll fails or is aborted after Pods have moved: going back would move them a second time.',
  );

/** How worker nodes are replaced. */
export const workersSchema = z
  .strictObject({
    strategy: strategy
      .default('managed')
      .describe(
        "How worker nodes are replaced. `managed` is EKS's own rolling update of a managed node group. `surge` makes a new group beside the old one, moves the Pods over in waves, and deletes the old one. `in-place` ends a wave of nodes before as many new ones start: it needs no spare nodes, and costs capacity. `blue-green` moves everything to a new cluster, as `migration` says.",
      ),
    groups: z
      .record(z.string(), groupSchema)
      .default({})
      .describe(
        'What is different for single node groups, by their names, e.g. `{"db": {"strategy": "managed"}}`.',
      ),
    hops: z
      .enum(['every', 'fewest'])
      .default('every')
      .describe(
        'Whether workers are rolled in every hop, or only as often as the skew policy demands. The plan says what `fewest` saves.',
      ),
    maxUnavailable: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe(
        "`managed` only. Nodes of a group that may be unavailable at once during the roll. Without it the group's own setting stands.",
      ),
    maxUnavailablePercentage: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('`managed` only. The same as a percentage of the group.'),
    updateStrategy: z
      .enum(['DEFAULT', 'MINIMAL'])
      .optional()
      .describe(
        '`managed` only. DEFAULT starts new nodes before old ones go; MINIMAL terminates first and needs no spare capacity.',
      ),
    maxParallel: maxParallel
      .default('25%')
      .describe(
        '`surge` and `in-place`: nodes of a group that are drained at the same time at the most: a number, or a share of the group such as `"25%"`, rounded up.',
      ),
    canary: canary
      .default(true)
      .describe('`surge` and `in-place`: one node without stateful Pods goes first and alone.'),
    nodeOrder: z
      .array(z.string().min(1))
      .default([])
      .describe(
        '`surge` and `in-place`: names of nodes to drain first, in this order. The others follow by the budgets of their Pods, the tightest first.',
      ),
    drain: drainSchema,
    stuck: stuckSchema,
    hold: holdSchema,
    acceptLostCapacity: z
      .boolean()
      .default(false)
      .describe(
        '`in-place` only: yes to the capacity that it costs. Without it the plan has a blocker that says how much.',
      ),
    order: z
      .array(z.string().min(1))
      .default([])
      .describe('Names of node groups to roll first, in this order; the others follow by name.'),
    skip: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Names of node groups to leave as they are. The plan checks that they stay within the skew policy.',
      ),
    maxSkew: z
      .int()
      .min(0)
      .max(3)
      .default(3)
      .describe(
        'How many minor versions a kubelet may be behind the control plane, at the most. Kubernetes says 3.',
      ),
    tries: z
      .int()
      .min(1)
      .max(10)
      .default(2)
      .describe("How often a group's update is started before it counts as failed."),
  })
  .refine(
    (workers) => workers.maxUnavailable === undefined || workers.maxUnavailablePercentage === undefined,
    {
      path: ['maxUnavailablePercentage'],
      error: 'give maxUnavailable or maxUnavailablePercentage, not both',
    },
  )
  .superRefine((workers, context) => {
    for (const { path, message } of contradictions(workers)) {
      context.addIssue({ code: 'custom', path, message });
    }
  })
  .prefault({})
  .describe('The worker nodes.');
