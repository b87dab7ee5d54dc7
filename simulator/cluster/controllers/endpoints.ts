import type { Pod, Service } from '../kinds.ts';
import { endpoints, endpointSlices, pods, services } from '../kinds.ts';
import { isFinished, isReady, isTerminating } from '../pods.ts';
import { selects } from '../selectors.ts';
import type { GroupResource, NewObject } from '../types.ts';
import type { ControllerContext } from './context.ts';
import { reconcileEach, watchObjects } from './context.ts';

/** Most addresses that one EndpointSlice may hold; an Endpoints object is cut at the same number. */
const sliceLimit = 1_000;

/** Keeps the Endpoints and EndpointSlices of Services from the Pods that they select. */
export function startEndpointsController(context: ControllerContext): void {
  const { store } = context;

  const reconcile = (service: Service): void => {
    const { namespace, name, uid } = service.metadata;
    if (service.spec.selector === undefined || namespace === undefined) return;
    const selected = store
      .list(pods, namespace)
      .items.filter((pod) => selectsPod(service, pod) && pod.status?.podIP !== undefined && !isFinished(pod))
      .slice(0, sliceLimit);
    const serving = selected.filter((pod) => !isTerminating(pod));
    const ports = (service.spec.ports ?? []).map((port) => ({
      name: port.name ?? '',
      port: targetPortOf(port, selected),
      protocol: port.protocol ?? 'TCP',
    }));
    const address = (pod: Pod): Record<string, unknown> => ({
      ip: pod.status?.podIP,
      nodeName: pod.spec.nodeName,
      targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    });
    const ready = serving.filter(isReady).map(address);
    const notReady = serving.filter((pod) => !isReady(pod)).map(address);
    write(endpoints, {
      kind: 'Endpoints',
      metadata: { name, namespace, labels: service.metadata.labels ?? {} },
      subsets:
        serving.length === 0
          ? []
          : [
              {
                ...(ready.length > 0 ? { addresses: ready } : {}),
                ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
                ports,
              },
            ],
    });
    write(endpointSlices, {
      kind: 'EndpointSlice',
      metadata: {
        name: `${name}-1`,
        namespace,
        labels: {
          ...service.metadata.labels,
          'kubernetes.io/service-name': name,
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true },
        ],
      },
      addressType: 'IPv4',
      ports,
      endpoints: selected.map((pod) => ({
        addresses: [pod.status?.podIP],
        conditions: {
          ready: isReady(pod) && !isTerminating(pod),
          serving: isReady(pod),
          terminating: isTerminating(pod),
        },
        nodeName: pod.spec.nodeName,
        targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
      })),
    });
  };

  const write = (
    resource: GroupResource,
    object: NewObject & { metadata: { name: string; namespace: string } },
  ): void => {
    const { namespace, name } = object.metadata;
    const updated = store.mutate(resource, namespace, name, (current) => ({
      ...current,
      ...object,
      kind: current.kind,
      metadata: current.metadata,
    }));
    if (updated === undefined) store.create(resource, object);
  };

  const enqueue = reconcileEach(context, services, reconcile);
  watchObjects(context, services, ({ type, object }) => {
    const { namespace, name } = object.metadata;
    if (type === 'DELETED' && store.find(endpoints, namespace, name) !== undefined)
      store.remove(endpoints, namespace, name);
  });
  watchObjects(context, pods, ({ object, previous = object }) => {
    for (const service of store.list(services, object.metadata.namespace).items)
      if (selectsPod(service, object) || selectsPod(service, previous))
        enqueue(service.metadata.namespace, service.metadata.name);
  });
}

/** A port of the Pods that goes by a name is looked up in them. */
function targetPortOf(
  { port, targetPort }: { port: number; targetPort?: number | string },
  selected: readonly Pod[],
): number {
  if (typeof targetPort !== 'string') return targetPort ?? port;
  for (const { spec } of selected)
    for (const { ports } of spec.containers) {
      const found = ports?.find(({ name }) => name === targetPort);
      if (found !== undefined) return found.containerPort;
    }
  return port;
}

const selectsPod = (service: Service, pod: Pod): boolean =>
  service.spec.selector !== undefined && selects({ matchLabels: service.spec.selector }, pod.metadata.labels);
