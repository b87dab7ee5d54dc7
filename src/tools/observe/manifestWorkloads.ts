import { parseDocument } from 'yaml';

/** Kinds of objects that have Pods of their own, as far as charts have them. */
export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

export interface WorkloadName {
  kind: WorkloadKind;
  namespace: string;
  name: string;
}

const ofWorkload = new RegExp(`^kind:\\s*["']?(${workloadKinds.join('|')})["']?\\s*$`, 'm');

/**
 * The workloads that a manifest has: YAML of many documents, as Helm keeps of a release. Only the documents that say to
 * be one are parsed, since a chart's CRDs alone may be megabytes.
 *
 * @param namespace of the release, for those that name none
 */
export function manifestWorkloads(manifest: string, namespace: string): WorkloadName[] {
  return manifest.split(/^---.*$/m).flatMap((text) => {
    const kind = ofWorkload.exec(text)?.[1];
    const known = workloadKinds.find((each) => each === kind);
    if (known === undefined) return [];
    const document = parseDocument(text, { logLevel: 'silent' });
    if (document.errors.length > 0) return [];
    const name: unknown = document.getIn(['metadata', 'name']);
    const own: unknown = document.getIn(['metadata', 'namespace']);
    if (typeof name !== 'string') return [];
    return [{ kind: known, namespace: typeof own === 'string' ? own : namespace, name }];
  });
}
