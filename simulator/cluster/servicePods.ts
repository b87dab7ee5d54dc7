/** Where requests to a Service go: what stands before a cluster asks this, a load balancer say. */
import { endpointSlices, services } from './kinds.ts';
import type { MemoryStore } from './store.ts';
import type { StoredObject } from './types.ts';

/** A Service's port, by its number or its name. */
export interface ServicePort {
  namespace: string;
  service: string;
  port: number | string;
}

/** A Pod that is Ready and takes requests. */
export interface ReadyPod {
  name: string;
  uid: string;
  ip: string;
  /** The port of the Pod that the Service's port leads to. */
  port: number;
  node: string;
}

interface EndpointSlice extends StoredObject {
  ports: { name: string; port: number }[];
  endpoints: {
    addresses: string[];
    conditions: { ready: boolean };
    nodeName: string;
    targetRef: { name: string; uid: string };
  }[];
}

/** The Pods that a request to a Service's port may go to now. Undefined where there is no such Service or port. */
export function readyPodsOf(store: MemoryStore, asked: ServicePort): ReadyPod[] | undefined {
  const { namespace, service, port } = asked;
  const servicePort = store
    .find(services, namespace, service)
    ?.spec.ports?.find((each) => each.port === port || each.name === port);
  if (servicePort === undefined) return undefined;
  return slicesOf(store, namespace, service).flatMap(({ ports, endpoints }) => {
    const target = ports.find(({ name }) => name === (servicePort.name ?? ''))?.port;
    if (target === undefined) return [];
    return endpoints
      .filter(({ conditions }) => conditions.ready)
      .map(({ addresses, nodeName, targetRef }) => ({
        name: targetRef.name,
        uid: targetRef.uid,
        ip: addresses[0] ?? '',
        port: target,
        node: nodeName,
      }));
  });
}

/** Calls back at once and whenever the Pods that a Service's port leads to may have changed; returns what ends it. */
export function watchReadyPods(
  store: MemoryStore,
  asked: ServicePort,
  onChange: (pods: ReadyPod[] | undefined) => void,
): () => void {
  const { namespace, service } = asked;
  const stops = [
    store.watch(endpointSlices, undefined, ({ object }) => {
      if (object.metadata.namespace === namespace && serviceOf(object) === service)
        onChange(readyPodsOf(store, asked));
    }),
    store.watch(services, undefined, ({ object }) => {
      if (object.metadata.namespace === namespace && object.metadata.name === service)
        onChange(readyPodsOf(store, asked));
    }),
  ];
  onChange(readyPodsOf(store, asked));
  return () => {
    for (const stop of stops) stop();
  };
}

function slicesOf(store: MemoryStore, namespace: string, service: string): EndpointSlice[] {
  // The controller writes them, and nobody else: their shape is its own.
  const slices = store.list(endpointSlices, namespace).items as EndpointSlice[];
  return slices.filter((slice) => serviceOf(slice) === service);
}

const serviceOf = ({ metadata }: StoredObject): string | undefined =>
  metadata.labels?.['kubernetes.io/service-name'];
