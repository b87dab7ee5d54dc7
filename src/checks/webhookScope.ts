import { selects } from '../plan/labelSelector.ts';
import type { ObservedExtensions, ObservedWebhook, WebhookRule } from '../plan/observedExtensions.ts';

/** Something that happens while a cluster is upgraded, and that a webhook can stand in the way of. */
interface Event {
  group: string;
  resource: string;
  operations: readonly string[];
  /** Where; undefined for what is in no namespace, `*` for any. */
  namespace?: string;
  what: string;
}

/**
 * What nodes and the control plane do by themselves all through an upgrade. A webhook that answers these with errors
 * while its own Pods are being moved keeps a new node from becoming Ready, or a Pod of the system from coming back.
 */
const systemEvents: readonly Event[] = [
  { group: '', resource: 'nodes', operations: ['CREATE', 'UPDATE'], what: 'nodes that join' },
  { group: '', resource: 'nodes/status', operations: ['UPDATE'], what: "nodes' reports of being Ready" },
  {
    group: 'coordination.k8s.io',
    resource: 'leases',
    operations: ['CREATE', 'UPDATE'],
    namespace: 'kube-node-lease',
    what: "nodes' leases",
  },
  {
    group: 'coordination.k8s.io',
    resource: 'leases',
    operations: ['CREATE', 'UPDATE'],
    namespace: 'kube-system',
    what: 'leases of the control plane',
  },
  {
    group: '',
    resource: 'pods',
    operations: ['CREATE'],
    namespace: 'kube-system',
    what: 'Pods in kube-system',
  },
];

/** What a drain and the return of its Pods need, wherever they are. */
const podEvents: readonly Event[] = [
  { group: '', resource: 'pods', operations: ['CREATE', 'DELETE'], namespace: '*', what: 'Pods' },
  { group: '', resource: 'pods/eviction', operations: ['CREATE'], namespace: '*', what: 'evictions' },
];

/** What of the system's own doings a webhook is called for, each once. */
export function systemDoings(webhook: ObservedWebhook, extensions: ObservedExtensions): string[] {
  return doings(webhook, extensions, systemEvents);
}

/** The same with Pods in all namespaces. */
export function upgradeDoings(webhook: ObservedWebhook, extensions: ObservedExtensions): string[] {
  return doings(webhook, extensions, [...systemEvents, ...podEvents]);
}

function doings(
  webhook: ObservedWebhook,
  { systemNamespaces }: ObservedExtensions,
  events: readonly Event[],
): string[] {
  // It is called for objects with certain labels only: those are its own, not the system's.
  if (!isEmpty(webhook.objectSelector)) return [];
  const found = events.filter(
    (event) =>
      webhook.rules.some((rule) => covers(rule, event)) &&
      reaches(webhook, event.namespace, systemNamespaces),
  );
  return [...new Set(found.map(({ what }) => what))];
}

function covers({ groups, resources, operations, scope }: WebhookRule, event: Event): boolean {
  const [resource = '', subresource] = event.resource.split('/');
  const patterns =
    subresource === undefined
      ? [resource, '*', '*/*']
      : [event.resource, `${resource}/*`, `*/${subresource}`, '*/*'];
  const ofScope = scope === '*' || (scope === 'Cluster') === (event.namespace === undefined);
  return (
    ofScope &&
    groups.some((group) => group === '*' || group === event.group) &&
    resources.some((each) => patterns.includes(each)) &&
    operations.some((operation) => operation === '*' || event.operations.includes(operation))
  );
}

function reaches(
  { namespaceSelector }: ObservedWebhook,
  namespace: string | undefined,
  systemNamespaces: ObservedExtensions['systemNamespaces'],
): boolean {
  // A selector of namespaces says nothing about objects that are in none.
  if (namespace === undefined || isEmpty(namespaceSelector)) return true;
  // Which other namespaces it selects is not looked up: some, or it would not be there.
  if (namespace === '*') return true;
  const labels = systemNamespaces[namespace];
  return labels !== undefined && selects(namespaceSelector, labels);
}

function isEmpty(selector: ObservedWebhook['objectSelector']): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;
}
