import { z } from 'zod';
import { StepladderError } from '../contract/errors.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { KubernetesStatusError } from '../kubernetes/errors.ts';
import { listObjects } from '../kubernetes/list.ts';
import { readConfigMap } from './documents.ts';
import { addContents, emptyContents } from './expressionUse.ts';
import type { SourceContents } from './expressionUse.ts';
import { fieldsOf, listOf, textOf } from './fields.ts';
import { readRuleGroups } from './rules/ruleGroups.ts';
import { failed } from './sourceResult.ts';
import type { SourceResult } from './sourceResult.ts';

export interface ClusterOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((read: { source: string; count: number }) => void) | undefined;
}

/** One kind of object that rules, dashboards or autoscalers are kept in. */
interface ClusterSource {
  /** For messages: `PrometheusRule objects`. */
  source: string;
  path: string;
  /** As listed: `prometheusrules.monitoring.coreos.com`. */
  name: string;
  labelSelector?: string;
  /** Objects a page: dashboards are up to a megabyte each. */
  limit?: number;
  read: (object: unknown, where: string) => SourceContents;
}

const sources: readonly ClusterSource[] = [
  {
    source: 'PrometheusRule objects',
    path: '/apis/monitoring.coreos.com/v1/prometheusrules',
    name: 'prometheusrules.monitoring.coreos.com',
    limit: 100,
    read: (object, where) =>
      readRuleGroups(fieldsOf(fieldsOf(object)['spec'])['groups'], `PrometheusRule ${where}`),
  },
  {
    source: 'dashboard ConfigMaps',
    path: '/api/v1/configmaps',
    name: 'configmaps',
    // What Grafana's sidecar looks for unless told otherwise.
    labelSelector: 'grafana_dashboard',
    limit: 20,
    read: (object, where) => readConfigMap(object, 'dashboards', `ConfigMap ${where}`),
  },
  {
    source: 'HorizontalPodAutoscaler objects',
    path: '/apis/autoscaling/v2/horizontalpodautoscalers',
    name: 'horizontalpodautoscalers.autoscaling',
    read: (object) => readAutoscaler(object),
  },
];

/**
 * Reads PrometheusRule objects, ConfigMaps with dashboards, and the metrics that autoscalers go by. A kind that the
 * cluster does not have holds nothing; one that may not be read is a source that failed.
 *
 * @throws the signal's reason when that was aborted
 */
export async function readCluster(
  connection: KubernetesConnection,
  options: ClusterOptions,
): Promise<SourceResult[]> {
  const results: SourceResult[] = [];
  for (const source of sources) results.push(await readKind(connection, source, options));
  return results;
}

async function readKind(
  connection: KubernetesConnection,
  { source, path, name, labelSelector, limit, read }: ClusterSource,
  { signal, onProgress }: ClusterOptions,
): Promise<SourceResult> {
  // Of each object only what is wanted of it is kept, page by page.
  const schema = z.unknown().transform((object) => read(object, nameOf(object)));
  try {
    const objects = await listObjects(connection, path, schema, {
      name,
      signal,
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(limit === undefined ? {} : { limit }),
      onPage: (count) => onProgress?.({ source, count }),
    });
    const contents = emptyContents();
    for (const each of objects) addContents(contents, each);
    return { source, contents, state: 'complete' };
  } catch (error) {
    signal?.throwIfAborted();
    if (isNotThere(error)) return { source, contents: emptyContents(), state: 'complete' };
    return failed(source, error instanceof StepladderError ? error.message : 'they could not be listed');
  }
}

function nameOf(object: unknown): string {
  const metadata = fieldsOf(fieldsOf(object)['metadata']);
  return [textOf(metadata['namespace']), textOf(metadata['name'])]
    .filter((part) => part !== undefined)
    .join('/');
}

/** Without the Prometheus operator there is no such kind. */
function isNotThere(error: unknown): boolean {
  return (
    error instanceof StepladderError &&
    error.cause instanceof KubernetesStatusError &&
    error.cause.code === 404
  );
}

/** The names of external, object and Pod metrics; resources such as CPU come from the metrics API. */
function readAutoscaler(object: unknown): SourceContents {
  const contents = emptyContents();
  const fields = fieldsOf(object);
  const metadata = fieldsOf(fields['metadata']);
  const place = {
    kind: 'autoscaler' as const,
    namespace: textOf(metadata['namespace']) ?? '',
    name: textOf(metadata['name']) ?? '',
    source: `HorizontalPodAutoscaler ${nameOf(object)}`,
  };
  contents.count = 1;
  for (const metric of listOf(fieldsOf(fields['spec'])['metrics']).map(fieldsOf)) {
    for (const type of ['external', 'object', 'pods']) {
      const name = textOf(fieldsOf(fieldsOf(metric[type])['metric'])['name']);
      if (name !== undefined) contents.names.push({ name, place });
    }
  }
  return contents;
}
