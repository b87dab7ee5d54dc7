import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

/** A flag that sets one field of the request. */
export interface RequestFlag {
  flags: string;
  description: string;
  /** Where it stands in the request. */
  path: readonly [string, ...string[]];
  /** What the flag's value is in the request; absent for a switch, which is `true`, or `false` for `--no-…`. */
  read?: (value: string) => unknown;
  /** The flag may be given several times, and the field is the list of what was given. */
  repeatable?: true;
  choices?: readonly string[];
}

/** The fields that people set most; all others are set with `--input`. */
export const requestFlags: readonly RequestFlag[] = [
  { flags: '--cluster <name>', description: 'name of the EKS cluster', path: ['cluster', 'name'] },
  {
    flags: '--region <region>',
    description: "AWS region (default: the worker's own)",
    path: ['cluster', 'region'],
  },
  {
    flags: '--role-arn <arn>',
    description: 'IAM role that is assumed for this cluster',
    path: ['cluster', 'roleArn'],
  },
  { flags: '--external-id <id>', description: 'external ID for that role', path: ['cluster', 'externalId'] },
  {
    flags: '--context <name>',
    description: 'kubeconfig context by which the Kubernetes API is reached',
    path: ['cluster', 'context'],
  },
  { flags: '--target <version>', description: 'Kubernetes minor version to reach', path: ['targetVersion'] },
  {
    flags: '--override-insights',
    description: "go on although EKS's upgrade insights say that it is not ready",
    path: ['controlPlane', 'overrideInsights'],
  },
  {
    flags: '--resolve-conflicts <how>',
    description: 'what EKS does about add-on settings that people changed',
    path: ['addons', 'resolveConflicts'],
    choices: ['PRESERVE', 'OVERWRITE', 'NONE'],
  },
  { flags: '--strategy <name>', description: 'how workers are replaced', path: ['workers', 'strategy'] },
  {
    flags: '--max-unavailable <nodes>',
    description: 'nodes of a group that may be unavailable at once',
    path: ['workers', 'maxUnavailable'],
    read: wholeNumber,
  },
  {
    flags: '--max-unavailable-percentage <percent>',
    description: 'the same as a percentage of the group',
    path: ['workers', 'maxUnavailablePercentage'],
    read: wholeNumber,
  },
  {
    flags: '--update-strategy <name>',
    description: 'new nodes first, or old ones terminated first',
    path: ['workers', 'updateStrategy'],
    choices: ['DEFAULT', 'MINIMAL'],
  },
  {
    flags: '--max-parallel <nodes>',
    description:
      'surge, in-place: nodes of a group that are drained at the same time, a number or a share such as 25%',
    path: ['workers', 'maxParallel'],
    read: numberOrShare,
  },
  {
    flags: '--no-canary',
    description: 'surge, in-place: no node is drained first and alone',
    path: ['workers', 'canary'],
  },
  {
    flags: '--hops <which>',
    description: 'roll workers in every hop, or in as few as the version skew allows',
    path: ['workers', 'hops'],
    choices: ['every', 'fewest'],
  },
  {
    flags: '--skip-node-group <name>',
    description: 'leave this node group as it is',
    path: ['workers', 'skip'],
    repeatable: true,
  },
  {
    flags: '--override <check/subject>',
    description: 'go on in spite of this blocker or unknown',
    path: ['overrides'],
    repeatable: true,
  },
  {
    flags: '--manifests <path>',
    description: 'file or folder on the worker with manifests to check',
    path: ['checks', 'manifests'],
    repeatable: true,
  },
  {
    flags: '--rules <path>',
    description: 'the same with Prometheus rules',
    path: ['checks', 'rules'],
    repeatable: true,
  },
  {
    flags: '--dashboards <path>',
    description: 'the same with Grafana dashboards',
    path: ['checks', 'dashboards'],
    repeatable: true,
  },
  {
    flags: '--ignore <file>',
    description: 'file on the worker with findings that do not count for a time',
    path: ['checks', 'ignore'],
  },
  { flags: '--gate-each-hop', description: 'ask before each hop after the first', path: ['gates', 'hop'] },
  {
    flags: '--gate-workers',
    description: 'ask before the workers of each hop',
    path: ['gates', 'workers'],
  },
  {
    flags: '--gate-timeout <duration>',
    description: 'how long a gate waits for an answer, e.g. 24h',
    path: ['gates', 'timeout'],
  },
  {
    flags: '--webhook-env <name>',
    description: "the worker's environment variable with a webhook's address, STEPLADDER_WEBHOOK…",
    path: ['notify'],
    read: (webhookEnv) => ({ webhookEnv }),
    repeatable: true,
  },
];

/** Adds the flags of a request, and `--input`, to a command. */
export function addRequestFlags(command: Command): Command {
  for (const flag of requestFlags) command.addOption(optionOf(flag));
  return command.option(
    '--input <file>',
    'file with the request as one JSON object, - for standard input; flags set what it leaves out',
  );
}

/** What the person has set by flags, each with its place in the request. */
export function givenFlags(
  options: Readonly<Record<string, unknown>>,
): { flag: RequestFlag; value: unknown }[] {
  return requestFlags.flatMap((flag) => {
    const option = optionOf(flag);
    const value = options[option.attributeName()];
    // Commander has `true` for a `--no-…` that was not given.
    const unset = option.negate ? true : undefined;
    return value === undefined || value === unset ? [] : [{ flag, value }];
  });
}

function optionOf(flag: RequestFlag): Option {
  const description = flag.repeatable === true ? `${flag.description} (repeatable)` : flag.description;
  const option = new Option(flag.flags, description);
  const read = flag.read ?? ((value: string) => value);
  if (flag.choices !== undefined) option.choices(flag.choices);
  else if (flag.repeatable === true) {
    option.argParser((value: string, before: unknown[] | undefined) => [...(before ?? []), read(value)]);
  } else if (flag.flags.includes('<')) option.argParser((value: string) => read(value));
  return option;
}

/** Leaves what is neither to the schema, which says what it may be. */
function numberOrShare(value: string): unknown {
  return /^\d+$/.test(value) ? Number(value) : value;
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(value);
}
