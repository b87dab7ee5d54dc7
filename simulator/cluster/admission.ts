/** What the API server does to an object on its way in: defaults, and checks of the shapes that controllers rely on. */
import { invalid } from './errors.ts';
import type { GroupResource, StoredObject } from './types.ts';

type Fields = Record<string, unknown>;

export type Admission = (
  resource: GroupResource,
  object: StoredObject,
  previous?: StoredObject,
) => StoredObject;

/**
 * Fills in Kubernetes' defaults. Throws StatusError Invalid, naming the field that is wrong.
 * @param settings.unreachableTolerationSeconds how long Pods stay on a node that failed, unless they say it themselves
 */
export function createAdmission(settings: { unreachableTolerationSeconds: number }): Admission {
  return (resource, object, previous) => {
    const name = `${resource.resource}.${resource.group}`;
    if (name === 'pods.') return admitPod(object, settings.unreachableTolerationSeconds, previous);
    return rules[name]?.(object, previous) ?? object;
  };
}

const rules: Record<string, (object: StoredObject, previous?: StoredObject) => StoredObject> = {
  'namespaces.': (object, previous) => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
    },
    spec: previous === undefined ? { finalizers: ['kubernetes'] } : (object['spec'] ?? {}),
    status: object['status'] ?? { phase: 'Active' },
  }),
  'nodes.': (object) => ({ ...object, spec: fields(object['spec']) }),
  'services.': (object) => ({
    ...object,
    spec: {
      type: 'ClusterIP',
      sessionAffinity: 'None',
      clusterIP: serviceAddress(object.metadata.uid),
      ...fields(object['spec']),
    },
  }),
  'deployments.apps': (object) => {
    const spec = fields(object['spec']);
    const strategy = fields(spec['strategy']);
    const type = strategy['type'] ?? 'RollingUpdate';
    const rollingUpdate = { maxSurge: '25%', maxUnavailable: '25%', ...fields(strategy['rollingUpdate']) };
    return withTemplate(object, {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      strategy: type === 'RollingUpdate' ? { type, rollingUpdate } : { type },
    });
  },
  'replicasets.apps': (object) => withTemplate(object, { replicas: 1, ...fields(object['spec']) }),
  'statefulsets.apps': (object) => {
    const spec = fields(object['spec']);
    const updateStrategy = fields(spec['updateStrategy']);
    return withTemplate(object, {
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      ...spec,
      updateStrategy:
        (updateStrategy['type'] ?? 'RollingUpdate') === 'RollingUpdate'
          ? {
              type: 'RollingUpdate',
              rollingUpdate: { partition: 0, ...fields(updateStrategy['rollingUpdate']) },
            }
          : updateStrategy,
    });
  },
  'daemonsets.apps': (object) => {
    const spec = fields(object['spec']);
    const updateStrategy = fields(spec['updateStrategy']);
    return withTemplate(object, {
      revisionHistoryLimit: 10,
      ...spec,
      updateStrategy:
        (updateStrategy['type'] ?? 'RollingUpdate') === 'RollingUpdate'
          ? {
              type: 'RollingUpdate',
              rollingUpdate: { maxSurge: 0, maxUnavailable: 1, ...fields(updateStrategy['rollingUpdate']) },
            }
          : updateStrategy,
    });
  },
  'jobs.batch': admitJob,
  'poddisruptionbudgets.policy': (object) => {
    const spec = fields(object['spec']);
    if (spec['minAvailable'] !== undefined && spec['maxUnavailable'] !== undefined)
      throw invalid(object.kind, object.metadata.name, [
        { field: 'spec', message: 'minAvailable and maxUnavailable cannot be both set' },
      ]);
    return { ...object, spec };
  },
};

/** Pods are told where they may stay when their node fails, unless they say it themselves. */
const nodeFailureTolerations = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map(
  (key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
  }),
);

function admitPod(object: StoredObject, tolerationSeconds: number, previous?: StoredObject): StoredObject {
  const spec = fields(object['spec']);
  requireContainers(object, spec, 'spec');
  if (previous !== undefined) return object;
  const given = Array.isArray(spec['tolerations']) ? spec['tolerations'].map(fields) : [];
  const missing = nodeFailureTolerations.filter(
    ({ key }) =>
      !given.some(
        (toleration) =>
          (toleration['key'] === key || toleration['key'] === undefined) &&
          (toleration['effect'] === undefined || toleration['effect'] === 'NoExecute'),
      ),
  );
  return {
    ...object,
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      serviceAccountName: 'default',
      securityContext: {},
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: priorities[String(spec['priorityClassName'])] ?? 0,
      ...spec,
      containers: containersOf(spec).map((container) => ({ ...containerDefaults(container), ...container })),
      tolerations: [...given, ...missing.map((toleration) => ({ ...toleration, tolerationSeconds }))],
    },
    status: object['status'] ?? { phase: 'Pending', qosClass: 'Burstable' },
  };
}

/** What Kubernetes' own priority classes stand for. */
const priorities: Record<string, number> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

const containersOf = (spec: Fields): Fields[] =>
  Array.isArray(spec['containers']) ? spec['containers'].map(fields) : [];

/** An image without a tag, or with `latest`, is pulled each time. */
function containerDefaults({ image }: Fields): Fields {
  const tag = /:([^/:]+)$/.exec(typeof image === 'string' ? image : '')?.[1] ?? 'latest';
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: tag === 'latest' ? 'Always' : 'IfNotPresent',
  };
}

function admitJob(object: StoredObject, previous?: StoredObject): StoredObject {
  const spec = fields(object['spec']);
  const template = fields(spec['template']);
  const metadata = fields(template['metadata']);
  const podLabels = {
    'batch.kubernetes.io/controller-uid': object.metadata.uid,
    'batch.kubernetes.io/job-name': object.metadata.name,
    'controller-uid': object.metadata.uid,
    'job-name': object.metadata.name,
  };
  const completed: Fields = { parallelism: 1, completions: 1, backoffLimit: 6, suspend: false, ...spec };
  if (previous === undefined && spec['selector'] === undefined) {
    completed['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': object.metadata.uid } };
    completed['template'] = {
      ...template,
      metadata: { ...metadata, labels: { ...fields(metadata['labels']), ...podLabels } },
    };
  }
  requireContainers(object, fields(template['spec']), 'spec.template.spec');
  return { ...object, spec: completed };
}

/** Workloads select their Pods by labels that their own template sets. */
function withTemplate(object: StoredObject, spec: Fields): StoredObject {
  const template = fields(spec['template']);
  requireContainers(object, fields(template['spec']), 'spec.template.spec');
  const labels = fields(fields(template['metadata'])['labels']);
  const selector = fields(spec['selector']);
  const mismatched = Object.entries(fields(selector['matchLabels'])).some(
    ([key, value]) => labels[key] !== value,
  );
  if (Object.keys(selector).length === 0)
    throw invalid(object.kind, object.metadata.name, [{ field: 'spec.selector', message: 'Required value' }]);
  if (mismatched)
    throw invalid(object.kind, object.metadata.name, [
      { field: 'spec.template.metadata.labels', message: '`selector` does not match template `labels`' },
    ]);
  return { ...object, spec };
}

/** An address out of 172.20.0.0/16, from the Service's uid. */
function serviceAddress(uid: string): string {
  const digits = uid.replaceAll('-', '');
  const part = (at: number): number => Number.parseInt(digits.slice(at, at + 2), 16);
  return `172.20.${part(0)}.${Math.max(2, part(2))}`;
}

function requireContainers(object: StoredObject, spec: Fields, path: string): void {
  const containers = spec['containers'];
  if (!Array.isArray(containers) || containers.length === 0)
    throw invalid(object.kind, object.metadata.name, [
      { field: `${path}.containers`, message: 'Required value' },
    ]);
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
