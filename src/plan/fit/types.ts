import type { LabelRequirement, LabelSelector } from '../labelSelector.ts';

/** Amounts by resource: `cpu` in cores, `memory` and `ephemeral-storage` in bytes, `pods` and all others as counts. */
export type Resources = Record<string, number>;

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

/** Requirements that a node has to meet all of: one term of a node affinity. Fields are `metadata.name` only. */
export interface NodeTerm {
  labels?: LabelRequirement[];
  fields?: LabelRequirement[];
}

/** One required term of a Pod's affinity or anti-affinity to other Pods. */
export interface PodTerm {
  topologyKey: string;
  selector?: LabelSelector;
  /** The namespaces whose Pods count; absent: the Pod's own. `*`: all. */
  namespaces?: string[];
}

/** A topology spread constraint with `whenUnsatisfiable: DoNotSchedule`. */
export interface SpreadConstraint {
  topologyKey: string;
  maxSkew: number;
  selector?: LabelSelector;
}

/**
 * What decides where a Pod may run. Pods of one owner have one in common, so that fifty thousand of them take the room
 * of their owners.
 */
export interface PodPlacement {
  labels: Record<string, string>;
  /** The scheduler's sum over containers, init containers and overhead. */
  requests: Resources;
  nodeSelector?: Record<string, string>;
  /** Required node affinity: one of the terms has to be met. */
  nodeAffinity?: NodeTerm[];
  tolerations?: Toleration[];
  podAffinity?: PodTerm[];
  podAntiAffinity?: PodTerm[];
  spread?: SpreadConstraint[];
  /** `TCP:8080`, as claimed on the node itself. */
  hostPorts?: string[];
  /** For each volume that is bound to a place: the terms of which its node has to meet one. */
  volumeAffinities?: NodeTerm[][];
  /** Names of claims whose volumes could not be found out about: where they may go is not known. */
  unknownClaims?: string[];
}

/** A Pod that is to be placed, or that runs on a node and stays there. */
export interface FitPod {
  namespace: string;
  name: string;
  /** The node that it runs on. */
  node?: string;
  placement: PodPlacement;
}

/** A node as the scheduler sees it. */
export interface FitNode {
  name: string;
  labels: Record<string, string>;
  taints?: Taint[];
  unschedulable?: boolean;
  allocatable: Resources;
}

/** What keeps a Pod from every node. */
export type Obstacle =
  /** No node meets its node selector or node affinity. */
  | 'node-affinity'
  /** Nodes that it may go to have taints that it does not tolerate, or are cordoned. */
  | 'taint'
  /** Its volumes can't be reached from any node that it may go to. */
  | 'volume'
  /** Required affinity, anti-affinity or spreading among Pods. */
  | 'pod-affinity'
  /** Its ports on the node are taken. */
  | 'host-port'
  /** Nodes that it may go to have too little left. */
  | 'resources';

export interface UnplaceablePod {
  namespace: string;
  name: string;
  /** The obstacle that was met latest on the way through the scheduler's questions, on the nodes that came nearest. */
  obstacle: Obstacle;
  /** One clause for people: `no node has the labels that it wants (disk=ssd)`. */
  reason: string;
}
