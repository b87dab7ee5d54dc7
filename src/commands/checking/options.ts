import { minorOf, compareMinors } from '../../plan/versions.ts';
import { UsageError } from '../exitCodes.ts';

export type OutputFormat = 'table' | 'json' | 'markdown' | 'sarif';

/** The flags of `check`. */
export interface CheckOptions {
  manifests?: string[];
  rules?: string[];
  dashboards?: string[];
  prometheus?: string;
  prometheusTokenEnv?: string;
  from?: string;
  to?: string;
  context?: string;
  cluster?: string;
  region?: string;
  roleArn?: string;
  externalId?: string;
  apiTable?: string[];
  ignore?: string;
  parseAll?: boolean;
  output: OutputFormat;
}

/** What is looked at: files alone, a cluster by its Kubernetes API, or all that a plan looks at. */
export type CheckMode = 'files' | 'context' | 'cluster';

/**
 * Tells what is asked for.
 *
 * @throws UsageError for flags that do not go together, and for nothing to look at
 */
export function modeOf(options: CheckOptions): CheckMode {
  const { manifests, rules, dashboards, prometheus, from, to, context, cluster, parseAll } = options;
  for (const [flag, version] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    if (version !== undefined && (minorOf(version) !== version || !version.startsWith('1.'))) {
      throw new UsageError(`${flag} must be a Kubernetes minor version such as 1.33, not "${version}".`);
    }
  }
  if (from !== undefined && to !== undefined && compareMinors(from, to) >= 0) {
    throw new UsageError(`--to must be newer than --from: ${to} is not newer than ${from}.`);
  }
  if (cluster !== undefined) {
    for (const [flag, given] of [
      ['--from', from !== undefined],
      ['--parse-all', parseAll === true],
      ['--manifests -', manifests?.includes('-') === true],
    ] as const) {
      if (given) throw new UsageError(`${flag} does not go with --cluster.`);
    }
    if (to === undefined) throw new UsageError('--to is missing: the minor version to upgrade to.');
    return 'cluster';
  }
  for (const flag of ['region', 'roleArn', 'externalId'] as const) {
    if (options[flag] !== undefined) {
      throw new UsageError('--region, --role-arn and --external-id go with --cluster.');
    }
  }
  if (context !== undefined) {
    if (from !== undefined) throw new UsageError('--from does not go with --context: the cluster tells it.');
    return 'context';
  }
  if (to === undefined) throw new UsageError('--to is missing: the minor version to upgrade to.');
  if ([manifests, rules, dashboards, prometheus].every((each) => each === undefined)) {
    throw new UsageError(
      'There is nothing to look at: give --manifests, --rules or --dashboards, or a cluster by --context or --cluster.',
    );
  }
  return 'files';
}
