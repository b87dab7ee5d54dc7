import { z } from 'zod';
import { duration, durationMs } from './duration.ts';
import { StepladderError } from './errors.ts';
import { guardSchema } from './guard.ts';
import { contradictionsOfMigration } from './migrationProblems.ts';
import { migrationSchema } from './migrationSchema.ts';
import type { MigrationRequest } from './migrationSchema.ts';
import { minorVersion } from './minorVersion.ts';
import { describeIssue, invalidInput, problemsOf } from './requestProblems.ts';
import { toolsAloneSchema, toolsSchema } from './toolsSchema.ts';
import type { RequestTool } from './toolsSchema.ts';
import { workersSchema } from './workersSchema.ts';
import type { WorkflowType } from './workflowTypes.ts';

export { invalidInput, type RequestProblem } from './requestProblems.ts';

/** Requests are small; anything larger is a mistake (a manifest, an inventory) and would clog every history. Bytes. */
export const maxRequestBytes = 64 * 1024;

const clusterSchema = z
  .strictObject({
    name: z
      .string({ error: 'must be the name of the cluster' })
      .regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, {
        error:
          'must be a cluster name: 1 to 100 letters, digits, "-" or "_", beginning with a letter or digit',
      })
      .describe('Name of the EKS cluster.'),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'must be an AWS region such as "ap-northeast-1"' })
      .optional()
      .describe("AWS region. Without it the worker's own (AWS_REGION or its profile) is used."),
    roleArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, { error: 'must be the ARN of an IAM role' })
      .optional()
      .describe('IAM role that the worker assumes for this cluster, on top of its own credentials.'),
    externalId: z.string().min(2).max(1224).optional().describe('External ID that the role asks for.'),
    context: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Context of the worker's kubeconfig to reach the Kubernetes API by, instead of the endpoint that EKS gives.",
      ),
  })
  .describe('The cluster to upgrade.');

const controlPlaneSchema = z
  .strictObject({
    overrideInsights: z
      .boolean()
      .default(false)
      .describe(
        "Go on although EKS's upgrade insights say that it is not ready (EKS's own `force`). The plan says so, and its approval covers it.",
      ),
    tries: z
      .int()
      .min(1)
      .max(10)
      .default(2)
      .describe('How often an update of the control plane is started before a failed one ends the upgrade.'),
  })
  .prefault({})
  .describe('The control plane.');

const addonsSchema = z
  .strictObject({
    resolveConflicts: z
      .enum(['PRESERVE', 'OVERWRITE', 'NONE'])
      .default('PRESERVE')
      .describe('What EKS does about settings that people changed. OVERWRITE resets them.'),
    versions: z
      .record(z.string(), z.string().min(1))
      .default({})
      .describe(
        'Version of an add-on by its name, for the last hop, e.g. `{"coredns": "v1.11.4-eksbuild.2"}`. Without it: EKS\'s default version for each hop\'s Kubernetes version, never older than what is installed.',
      ),
    selfManaged: z
      .record(z.string(), z.enum(['leave']))
      .default({})
      .describe(
        'What to do about coredns, kube-proxy or vpc-cni installed without EKS: `{"kube-proxy": "leave"}` leaves it as it is. One that is not named here is a blocker.',
      ),
    tries: z
      .int()
      .min(1)
      .max(10)
      .default(2)
      .describe("How often an add-on's update is started before it counts as failed."),
  })
  .prefault({})
  .describe('The EKS add-ons. All that are installed are upgraded; coredns, kube-proxy and vpc-cni first.');

const gatesSchema = z
  .strictObject({
    hop: z.boolean().default(false).describe('Ask before each hop after the first.'),
    workers: z.boolean().default(false).describe('Ask before the workers of each hop.'),
    timeout: duration('How long a gate waits for an answer.', '24h'),
    onTimeout: z
      .enum(['reject', 'wait'])
      .default('reject')
      .describe('At the end of that time: `reject` ends the upgrade; `wait` reminds people and waits on.'),
  })
  .prefault({})
  .describe('The moments that wait for an approval. The plan itself always does.');

const notifySchema = z
  .strictObject({
    webhookEnv: z
      .string()
      .regex(/^STEPLADDER_WEBHOOK[A-Z0-9_]*$/, {
        error:
          'must be the name of an environment variable of the worker that begins with STEPLADDER_WEBHOOK',
      })
      .describe(
        'Name of the environment variable of the worker that holds the address. The address itself is a secret and must not stand in a request.',
      ),
  })
  .describe(
    "A webhook that gets each gate, wait, failure and the end, as JSON that Slack's incoming webhooks accept.",
  );

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as "22:30"' });
const windowSchema = z
  .strictObject({
    days: z
      .array(z.enum(days))
      .min(1)
      .default([...days])
      .describe('Days on which the window opens.'),
    from: clockTime.describe('Time of day at which it opens.'),
    to: clockTime.describe('Time of day at which it closes; earlier than `from` means the next day.'),
    timeZone: z
      .string()
      .refine(isTimeZone, { error: 'must be an IANA time zone such as "Asia/Tokyo"' })
      .describe('IANA time zone of both times.'),
  })
  .refine((window) => window.from !== window.to, { path: ['to'], error: 'must differ from `from`' })
  .describe('Hours in which changes may start. What runs when they end is finished.');

const timingSchema = z
  .strictObject({
    scale: z
      .number()
      .positive()
      .max(10)
      .default(1)
      .describe('Factor on every duration below and on the gates’ timeout: small in rehearsals and tests.'),
    pollInterval: duration("How often an update's progress is asked for.", '15s'),
    controlPlaneTimeout: duration(
      'After this an unfinished control plane update is reported; it is waited for all the same.',
      '60m',
    ),
    addonTimeout: duration('The same for an add-on.', '30m'),
    nodeGroupTimeout: duration('The same for a node group.', '6h'),
    drainTimeout: duration(
      'A drain without progress for so long is stuck, and a person is asked (`workers.stuck`).',
      '15m',
    ),
    nodesTimeout: duration('How long new nodes may take to join and be Ready.', '30m'),
    deregistrationWait: duration(
      'Time that load balancers get to deregister drained nodes before these go.',
      '60s',
    ),
    guardInterval: duration('How often guards that do not hold are looked at again.', '30s'),
    toolTimeout: duration(
      'How long helm may take for one step of a tool, and its changed CRDs to be established.',
      '10m',
    ),
    gitTimeout: duration(
      'How long Git may take to bring a tool that Argo CD manages to its version (`awaitGit`).',
      '24h',
    ),
    settleTimeout: duration('How long workloads may take to be Ready again after a stage.', '15m'),
    brokenTimeout: duration(
      'How long the upgrade holds when workloads stay broken, for them to recover or a person to decide; then it ends as failed.',
      '24h',
    ),
    reconnectInterval: duration(
      'How often the upgrade tries again while credentials are refused or an API is out of reach.',
      '30s',
    ),
    retryInterval: duration('Pause before a failed update is started again.', '1m'),
    observationMaxAge: duration(
      'Older observations are made again before a hop, and the plan is checked against them.',
      '1h',
    ),
    probeInterval: duration(
      'How often the API server is probed during its upgrade, at least once a second. Not scaled.',
      '500ms',
    ).refine((text) => !(durationMs(text) > 1000), { error: 'must be at most "1s"' }),
  })
  .prefault({})
  .describe('Every wait and time limit.');

const environmentName = (whose: string, prefix: string, description: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}[A-Z0-9_]*$`), {
      error: `must be the name of an environment variable of the worker that begins with ${prefix}`,
    })
    .optional()
    .describe(`Name of the environment variable of the worker that holds ${whose}. ${description}`);

const paths = (description: string) => z.array(z.string().min(1)).default([]).describe(description);

const prometheusSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'must be an address such as "https://prometheus.example.com"' })
      .refine((url) => !/^https?:\/\/[^/]*@/.test(url), {
        error: 'must hold no user and password: name an environment variable with urlEnv',
      })
      .optional()
      .describe('Address of Prometheus, or of what speaks its API.'),
    urlEnv: environmentName('the address', 'STEPLADDER_PROMETHEUS', 'For an address that is a secret.'),
    tokenEnv: environmentName(
      'a bearer token for it',
      'STEPLADDER_PROMETHEUS',
      'The token itself must not stand in a request.',
    ),
  })
  .refine(({ url, urlEnv }) => (url === undefined) !== (urlEnv === undefined), {
    path: ['url'],
    error: 'give url or urlEnv, one of them',
  });

const checksSchema = z
  .strictObject({
    manifests: paths(
      'Files and folders on the worker with manifests, whose uses of removed APIs are found: what will be applied again.',
    ),
    rules: paths('Files and folders on the worker with Prometheus rules, whose metrics are looked up.'),
    dashboards: paths('Files and folders on the worker with Grafana dashboards, the same.'),
    prometheus: prometheusSchema.optional().describe('A Prometheus whose rules are read.'),
    apiTables: paths(
      'Files on the worker with lifecycles of other APIs than those of Kubernetes: cert-manager’s, Istio’s, your own.',
    ),
    ignore: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File on the worker with findings that do not count for a time, each with a reason. An ignored blocker or unknown is a warning, which the gate shows.',
      ),
  })
  .prefault({})
  .describe(
    'What the preflight checks look at beside the cluster itself. Paths are on the worker, absolute or from its working directory.',
  );

const findingName = z
  .string()
  .regex(/^[a-z0-9-]+\/.+$/, { error: 'must be `check/subject` as the plan prints it' });

const overrideSchema = z.union(
  [
    findingName,
    z.strictObject({
      finding: findingName,
      reason: z.string().trim().min(1).max(500),
    }),
  ],
  { error: 'must be `check/subject` as the plan prints it, alone or as {"finding": …, "reason": …}' },
);

const shared = {
  cluster: clusterSchema,
  controlPlane: controlPlaneSchema,
  addons: addonsSchema,
  workers: workersSchema,
  gates: gatesSchema,
  overrides: z
    .array(overrideSchema)
    .default([])
    .describe(
      'Blockers and unknowns to go on in spite of, each as `check/subject` as the plan prints it, or with the reason: `{"finding": "check/subject", "reason": "…"}`. The plan lists them, its approval covers them, and the report says who gave it and why. A break of the version-skew policy is never passed over.',
    ),
  guards: z
    .array(guardSchema)
    .default([])
    .describe(
      'What must hold after each wave of nodes before the next. One that fails or can’t be known pauses the upgrade and says so.',
    ),
  notify: z.array(notifySchema).default([]).describe('Who is told.'),
  window: windowSchema.optional(),
  timing: timingSchema,
  tools: toolsSchema,
  checks: checksSchema,
};

const targetVersion = minorVersion.describe('Kubernetes minor version to reach, in quotes: "1.33".');

/** The one JSON object that `upgradeCluster` takes. */
export const requestSchema = z
  .strictObject({ ...shared, targetVersion, migration: migrationSchema.optional() })
  .superRefine(({ workers, migration }, context) => {
    const isBlueGreen = workers.strategy === 'blue-green';
    if (isBlueGreen === (migration !== undefined)) return;
    const [path, message] = isBlueGreen
      ? [
          ['migration'],
          'is missing: it says how strategy "blue-green" moves everything to a new cluster, at least who routes the users ("routing"). No flag gives it: on the command line it comes with --input',
        ]
      : [['workers', 'strategy'], 'must be "blue-green" where there is a `migration`'];
    context.addIssue({ code: 'custom', path, message });
  })
  .superRefine(refuseContradictions);

function refuseContradictions(
  request: Parameters<typeof contradictionsOfMigration>[0],
  context: { addIssue: (issue: { code: 'custom'; path: PropertyKey[]; message: string }) => void },
): void {
  for (const { path, message } of contradictionsOfMigration(request)) {
    context.addIssue({ code: 'custom', path, message });
  }
}

/** A stage alone is of the cluster that there is. */
function inPlace<T extends z.ZodType<{ workers: { strategy: string } }>>(schema: T): T {
  return schema.refine(({ workers }) => workers.strategy !== 'blue-green', {
    path: ['workers', 'strategy'],
    error: '"blue-green" moves the whole cluster: start upgradeCluster or migrateCluster with it',
  });
}

/** What each workflow type takes. The stages' own requests are the same, narrowed. */
export const requestSchemas = {
  upgradeCluster: requestSchema,
  upgradeControlPlane: inPlace(z.strictObject({ ...shared, targetVersion })),
  upgradeAddons: inPlace(
    z.strictObject({
      ...shared,
      targetVersion: targetVersion
        .optional()
        .describe("The control plane's own version, which is the default."),
    }),
  ),
  upgradeNodeGroup: inPlace(
    z.strictObject({
      ...shared,
      targetVersion: targetVersion
        .optional()
        .describe("Version for the nodes; by default the control plane's."),
      nodeGroup: z.string().min(1).describe('Name of the managed node group.'),
    }),
  ),
  upgradeTool: inPlace(z.strictObject({ ...shared, tools: toolsAloneSchema })),
  migrateCluster: z
    .strictObject({ ...shared, targetVersion, migration: migrationSchema })
    .superRefine(refuseContradictions),
} as const satisfies Record<WorkflowType, z.ZodType>;

/** A request as a person writes it. */
export type RequestInput = z.input<typeof requestSchema>;
export type ClusterReference = z.infer<typeof clusterSchema>;
export type NotifyTarget = z.infer<typeof notifySchema>;
export type MaintenanceWindow = z.infer<typeof windowSchema>;
export type RequestChecks = z.infer<typeof checksSchema>;
export type Timing = z.infer<typeof timingSchema>;

/** A checked request with every default filled in, whichever workflow it was for. Durations are still strings. */
export type Request = Omit<
  z.infer<typeof requestSchema>,
  'targetVersion' | 'checks' | 'tools' | 'migration'
> & {
  targetVersion?: string | undefined;
  nodeGroup?: string | undefined;
  /** Absent in a request that an older release has read: what it did not look at is not looked at under way. */
  checks?: RequestChecks | undefined;
  /** Absent in a request that an older release has read. */
  tools?: RequestTool[] | undefined;
  /** Present where everything moves to a new cluster. */
  migration?: MigrationRequest | undefined;
};

/**
 * Checks a request and fills in its defaults.
 *
 * @param type the workflow that it is for
 * @param input what the person sent, of any shape
 * @throws StepladderError `InvalidInput`, its message listing every problem by its path, its details holding them
 */
export function readRequest(type: WorkflowType, input: unknown): Request {
  const bytes = jsonBytes(input);
  if (bytes > maxRequestBytes) throw new StepladderError('InvalidInput', tooLarge(bytes), { bytes });
  const result = requestSchemas[type].safeParse(input, { error: describeIssue, reportInput: true });
  if (result.success) return result.data;
  throw invalidInput(problemsOf(result.error.issues));
}

/** Every time limit as it is where the request says nothing. */
export const defaultTiming: Timing = timingSchema.parse(undefined);
const defaultWorkers = workersSchema.parse(undefined);

/**
 * A request as an older release has recorded it, with the defaults of the fields that it did not know. What
 * `readRequest` gives is complete already.
 */
export function withDefaults(recorded: Request): Request {
  return {
    ...{ guards: [] },
    ...recorded,
    workers: { ...defaultWorkers, ...recorded.workers },
    timing: { ...defaultTiming, ...recorded.timing },
  };
}

/** Size as JSON; what JSON can't hold has none, and the schema refuses it. */
function jsonBytes(input: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(input ?? null));
  } catch {
    throw invalidInput([{ path: '(request)', message: 'must be plain JSON' }]);
  }
}

/** The message for a request that is too large to be sent or accepted. */
export function tooLarge(bytes: number): string {
  return (
    `The request has ${(bytes / 1024).toFixed(0)} KiB, and ${maxRequestBytes / 1024} KiB is the limit. ` +
    'A request names a cluster and how to upgrade it; manifests and inventories do not belong in it. Nothing was touched.'
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
