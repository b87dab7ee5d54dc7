/** Objects as rows with the columns that `kubectl get` shows. */
import type { StoredObject } from '../cluster/types.ts';
import type { ServedResource } from './servedResource.ts';
import { qualifiedName } from './servedResource.ts';

export interface TableOptions {
  /** How much of each object its row carries. */
  includeObject: 'None' | 'Metadata' | 'Object';
  /** The simulated time, from which ages are counted. */
  now: Date;
}

interface Column {
  name: string;
  type: 'string' | 'integer' | 'date';
  /** Columns above 0 are shown by `-o wide` only. */
  priority?: number;
  value: (object: StoredObject) => string | number;
}

export function table(
  served: ServedResource,
  objects: StoredObject[],
  metadata: object,
  { includeObject, now }: TableOptions,
): object {
  const columns = [name, ...(columnsByResource[qualifiedName(served)] ?? []), age(now)];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((column) => ({
      name: column.name,
      type: column.type === 'date' ? 'string' : column.type,
      format: column.name === 'Name' ? 'name' : '',
      description: '',
      priority: column.priority ?? 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ value }) => value(object)),
      ...rowObject(object, served, includeObject),
    })),
  };
}

function rowObject(
  object: StoredObject,
  { group, version, kind }: ServedResource,
  policy: TableOptions['includeObject'],
): object {
  switch (policy) {
    case 'None':
      return {};
    case 'Metadata':
      return {
        object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
      };
    case 'Object':
      return { object: { ...object, kind, apiVersion: group === '' ? version : `${group}/${version}` } };
  }
}

const name: Column = { name: 'Name', type: 'string', value: ({ metadata }) => metadata.name };
const age = (now: Date): Column => ({
  name: 'Age',
  type: 'date',
  value: ({ metadata }) => duration(now.getTime() - Date.parse(metadata.creationTimestamp)),
});

const text = (title: string, ...path: string[]): Column => ({
  name: title,
  type: 'string',
  value: (object) => shown(at(object, path)) || '<none>',
});
const count = (title: string, ...path: string[]): Column => ({
  name: title,
  type: 'integer',
  value: (object) => Number(at(object, path) ?? 0),
});
const ratio = (title: string, of: string[], all: string[]): Column => ({
  name: title,
  type: 'string',
  value: (object) => `${shown(at(object, of)) || '0'}/${shown(at(object, all)) || '0'}`,
});

const columnsByResource: Record<string, Column[]> = {
  pods: [
    {
      name: 'Ready',
      type: 'string',
      value: (object) => {
        const statuses = list(at(object, ['status', 'containerStatuses']));
        const ready = statuses.filter((status) => at(status, ['ready']) === true).length;
        return `${ready}/${list(at(object, ['spec', 'containers'])).length}`;
      },
    },
    {
      name: 'Status',
      type: 'string',
      value: (object) =>
        object.metadata.deletionTimestamp === undefined
          ? shown(at(object, ['status', 'reason'])) || shown(at(object, ['status', 'phase'])) || 'Unknown'
          : 'Terminating',
    },
    {
      name: 'Restarts',
      type: 'string',
      value: (object) =>
        String(
          list(at(object, ['status', 'containerStatuses'])).reduce<number>(
            (sum, status) => sum + Number(at(status, ['restartCount']) ?? 0),
            0,
          ),
        ),
    },
    { ...text('IP', 'status', 'podIP'), priority: 1 },
    { ...text('Node', 'spec', 'nodeName'), priority: 1 },
  ],
  nodes: [
    {
      name: 'Status',
      type: 'string',
      value: (object) => {
        const ready = list(at(object, ['status', 'conditions'])).find(
          (condition) => at(condition, ['type']) === 'Ready',
        );
        const state =
          at(ready, ['status']) === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady';
        return at(object, ['spec', 'unschedulable']) === true ? `${state},SchedulingDisabled` : state;
      },
    },
    text('Version', 'status', 'nodeInfo', 'kubeletVersion'),
  ],
  namespaces: [text('Status', 'status', 'phase')],
  'deployments.apps': [
    ratio('Ready', ['status', 'readyReplicas'], ['spec', 'replicas']),
    count('Up-to-date', 'status', 'updatedReplicas'),
    count('Available', 'status', 'availableReplicas'),
  ],
  'replicasets.apps': [
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
  ],
  'statefulsets.apps': [ratio('Ready', ['status', 'readyReplicas'], ['spec', 'replicas'])],
  'daemonsets.apps': [
    count('Desired', 'status', 'desiredNumberScheduled'),
    count('Current', 'status', 'currentNumberScheduled'),
    count('Ready', 'status', 'numberReady'),
    count('Up-to-date', 'status', 'updatedNumberScheduled'),
    count('Available', 'status', 'numberAvailable'),
  ],
  'jobs.batch': [ratio('Completions', ['status', 'succeeded'], ['spec', 'completions'])],
  'poddisruptionbudgets.policy': [
    text('Min Available', 'spec', 'minAvailable'),
    text('Max Unavailable', 'spec', 'maxUnavailable'),
    count('Allowed Disruptions', 'status', 'disruptionsAllowed'),
  ],
};

function at(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, part) : undefined),
    value,
  );
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const shown = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** `5d`, `3h`, `12m` or `40s`: the largest unit alone. */
function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)}d`;
  if (seconds >= 2 * 3600) return `${Math.floor(seconds / 3600)}h`;
  if (seconds >= 120) return `${Math.floor(seconds / 60)}m`;
  return `${seconds}s`;
}
