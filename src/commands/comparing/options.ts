import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterReference } from '../../contract/request.ts';
import type { ChartSource } from '../../contract/tools.ts';
import { UsageError } from '../exitCodes.ts';
import type { OutputOptions } from '../outputFlag.ts';

/** The flags of `crd-diff`. */
export interface CrdDiffOptions extends OutputOptions {
  repository?: string;
  chart?: string;
  version?: string;
  values?: string[];
  namespace: string;
  release: string;
  context?: string;
  cluster?: string;
  region?: string;
  roleArn?: string;
  externalId?: string;
}

/**
 * What is compared: manifests, unless it is plainly a chart.
 *
 * @throws UsageError for none, for two, and for a path that is not there
 */
export function sourceOf(source: string | undefined, { repository, chart }: CrdDiffOptions): ChartSource {
  if ((repository === undefined) !== (chart === undefined)) {
    throw new UsageError('--repository and --chart go together.');
  }
  if (repository !== undefined && chart !== undefined) {
    if (source !== undefined) throw new UsageError(`Give either ${source}, or --repository and --chart.`);
    return { repository, chart };
  }
  if (source === undefined) {
    throw new UsageError(
      'What is to be compared? Give a folder, a file or an address, or --repository and --chart.',
    );
  }
  if (source.startsWith('oci://')) return { oci: source };
  if (/^https?:\/\//i.test(source)) return { manifests: source };
  if (/\.(?:tgz|tar\.gz)$/.test(source)) return { path: source };
  if (source.includes('{version}')) return { manifests: source };
  if (!existsSync(source)) throw new UsageError(`There is nothing at ${source}.`);
  return statSync(source).isDirectory() && existsSync(join(source, 'Chart.yaml'))
    ? { path: source }
    : { manifests: source };
}

/**
 * The cluster that it is compared with, and whether EKS leads to it.
 *
 * @throws UsageError for none, and for flags that do not go together
 */
export function clusterOf(options: CrdDiffOptions): { cluster: ClusterReference; inEks: boolean } {
  const { context, cluster, region, roleArn, externalId } = options;
  if (context === undefined && cluster === undefined) {
    throw new UsageError('With which cluster? Give --context NAME, or --cluster NAME (with --region).');
  }
  if (cluster === undefined && [region, roleArn, externalId].some((each) => each !== undefined)) {
    throw new UsageError('--region, --role-arn and --external-id go with --cluster.');
  }
  return {
    cluster: {
      // A context may be called what no cluster is, and its name serves for messages alone.
      name: cluster ?? 'context',
      ...(region === undefined ? {} : { region }),
      ...(roleArn === undefined ? {} : { roleArn }),
      ...(externalId === undefined ? {} : { externalId }),
      ...(context === undefined ? {} : { context }),
    },
    inEks: cluster !== undefined,
  };
}
