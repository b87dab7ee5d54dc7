/** Something that may be done with one kind of object, or with a path that is no object. */
export type Permission =
  | {
      verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'escalate' | 'bind';
      group: string;
      resource: string;
      subresource?: string;
      namespace?: string;
      name?: string;
    }
  | { verb: 'get'; path: string };

/** A permission that the worker's identity lacks, or that could not be asked about. */
export interface MissingPermission {
  permission: Permission;
  why: string;
  /** `unknown`: the question itself was not answered. */
  state: 'denied' | 'unknown';
  /** What the API server says of it. */
  reason: string;
  /** An upgrade can do without it; what is not seen for its lack is told where it matters. */
  optional?: true;
  /** File of the project that grants it, when it is not `deploy/kubernetes/cluster-role.yaml`. */
  grantedBy?: string;
}

/** `list deployments.apps`, `create pods/eviction`, `get configmaps kube-system/kube-root-ca.crt`, `get /readyz`. */
export function describePermission(permission: Permission): string {
  if ('path' in permission) return `${permission.verb} ${permission.path}`;
  const { verb, group, resource, subresource, namespace, name } = permission;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  const of = group === '' ? whole : `${whole}.${group}`;
  return `${verb} ${of}${name === undefined ? '' : ` ${namespace ?? ''}/${name}`}`;
}
