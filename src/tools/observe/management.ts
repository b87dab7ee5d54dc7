import type { ToolProfile } from '../profiles/profile.ts';
import type { ToolManagement } from '../types.ts';
import type { TrackedObject, TrackingApplication } from './applications.ts';
import { helmReleaseOf } from './belonging.ts';
import type { ToolWorkload } from './toolWorkloads.ts';

/** An object of the tool, with what others may have written on it. */
export interface MarkedObject extends TrackedObject {
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

interface Sign {
  by: 'argo-cd' | 'flux' | 'helm';
  manager: string;
  seenOn: string;
  /** An Application that is in this cluster: then it is this cluster's Argo CD that keeps the object. */
  here?: boolean;
}

/**
 * Who keeps a tool as it is. Argo CD and Flux take back what anybody else changes, so one sign of them on any of its
 * objects outweighs Helm's.
 *
 * @param objects its workloads and CRDs
 * @param applications Argo CD's Applications of this cluster; undefined when they could not be read
 * @param release `argocd/argo-cd`, where Helm has one
 */
export function managementOf(
  objects: readonly MarkedObject[],
  applications: readonly TrackingApplication[] | undefined,
  profile: ToolProfile,
  release: string | undefined,
): ToolManagement {
  const signs = objects.flatMap((object) => signsOn(object, applications));
  for (const by of ['argo-cd', 'flux', 'helm'] as const) {
    const seen = signs.filter((sign) => sign.by === by);
    const [first] = seen;
    if (first === undefined) continue;
    // An Application that could not be looked for is taken for one of this cluster.
    const here = seen.some((sign) => sign.here === true) || applications === undefined;
    return {
      by,
      manager: first.manager,
      ...(by === 'argo-cd' && profile.name === 'argo-cd' ? { managesItself: here } : {}),
      seenOn: [...new Set(seen.map(({ seenOn }) => seenOn))],
    };
  }
  if (release !== undefined) return { by: 'helm', manager: release, seenOn: [`Helm release ${release}`] };
  return objects.length === 0 ? { by: 'nobody', seenOn: [] } : { by: 'manifests', seenOn: [] };
}

/** A workload as an object that may be marked. */
export function markedWorkload(workload: ToolWorkload): MarkedObject {
  const { kind, namespace, name, labels, annotations } = workload;
  return { group: kind === 'CronJob' ? 'batch' : 'apps', kind, namespace, name, labels, annotations };
}

function signsOn(object: MarkedObject, applications: readonly TrackingApplication[] | undefined): Sign[] {
  const { labels, annotations, kind, namespace, name } = object;
  const where = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  const signs: Sign[] = [];

  const tracking = annotations['argocd.argoproj.io/tracking-id'];
  const tracked = trackedBy(tracking, object);
  if (tracking !== undefined && tracked !== undefined) {
    signs.push({
      ...argoCdSign(tracked, applications),
      seenOn: `annotation argocd.argoproj.io/tracking-id=${tracking} on ${where}`,
    });
  }
  const instance = labels['argocd.argoproj.io/instance'];
  if (instance !== undefined) {
    signs.push({
      ...argoCdSign(instance, applications),
      seenOn: `label argocd.argoproj.io/instance=${instance} on ${where}`,
    });
  }
  // Charts set `app.kubernetes.io/instance` themselves: only with the Application's own word is it Argo CD's.
  for (const application of applications ?? []) {
    if (!application.resources.some((each) => isSame(each, object))) continue;
    const manager = `${application.namespace}/${application.name}`;
    signs.push({ by: 'argo-cd', manager, here: true, seenOn: `status of Application ${manager}: ${where}` });
  }

  for (const [prefix, managerKind] of [
    ['helm.toolkit.fluxcd.io', 'HelmRelease'],
    ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
  ] as const) {
    const owner = labels[`${prefix}/name`];
    if (owner === undefined) continue;
    signs.push({
      by: 'flux',
      manager: `${managerKind} ${labels[`${prefix}/namespace`] ?? namespace}/${owner}`,
      seenOn: `label ${prefix}/name=${owner} on ${where}`,
    });
  }

  const helm = helmReleaseOf(annotations);
  if (helm !== undefined && labels['app.kubernetes.io/managed-by'] === 'Helm') {
    signs.push({ by: 'helm', manager: helm, seenOn: `annotation meta.helm.sh/release-name on ${where}` });
  }
  return signs;
}

/**
 * The Application out of `NAME:GROUP/KIND:NAMESPACE/NAME`, where NAME is `NAMESPACE_NAME` for one outside Argo CD's own
 * namespace. Undefined when it speaks of another object: controllers copy annotations to what they make.
 */
function trackedBy(trackingId: string | undefined, object: TrackedObject): string | undefined {
  const [, application, group, kind, namespace, name] =
    /^([^:]+):([^/:]*)\/([^/:]+):([^/:]*)\/(.+)$/.exec(trackingId ?? '') ?? [];
  if (application === undefined || name !== object.name || kind !== object.kind) return undefined;
  // Of cluster-wide objects it names the Application's destination.
  const sameNamespace = object.namespace === '' || namespace === object.namespace;
  return group === object.group && sameNamespace ? application : undefined;
}

/** `here` when one of this cluster's Applications is meant; an Argo CD elsewhere tracks objects just so. */
function argoCdSign(
  name: string,
  applications: readonly TrackingApplication[] | undefined,
): Pick<Sign, 'by' | 'manager' | 'here'> {
  const found = applications?.find((each) => each.name === name || `${each.namespace}_${each.name}` === name);
  return found === undefined
    ? { by: 'argo-cd', manager: name, here: false }
    : { by: 'argo-cd', manager: `${found.namespace}/${found.name}`, here: true };
}

function isSame(one: TrackedObject, other: TrackedObject): boolean {
  return (
    one.group === other.group &&
    one.kind === other.kind &&
    one.name === other.name &&
    (other.namespace === '' || one.namespace === other.namespace)
  );
}
