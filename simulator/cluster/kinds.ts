/** The shapes of the objects that the controllers work with: the fields they use, in Kubernetes' own terms. */
import type { GroupResource, ObjectMetadata, StoredObject } from './types.ts';

/** A resource together with the shape of its objects. */
export interface Resource<T extends StoredObject = StoredObject> extends GroupResource {
  /** Never there: it only ties the shape to the resource. */
  readonly of?: T;
}

const resource = <T extends StoredObject>(group: string, name: string): Resource<T> => ({
  group,
  resource: name,
});

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
  lastHeartbeatTime?: string;
  lastProbeTime?: string | null;
  observedGeneration?: number;
}

export interface Taint {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export interface NodeSelectorTerm {
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
  matchFields?: { key: string; operator: string; values?: string[] }[];
}

export interface Container {
  name: string;
  image?: string;
  ports?: { name?: string; containerPort: number }[];
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> };
  [field: string]: unknown;
}

export interface PodSpec {
  nodeName?: string;
  containers: Container[];
  initContainers?: Container[];
  nodeSelector?: Record<string, string>;
  affinity?: {
    nodeAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: NodeSelectorTerm[] };
    };
    [field: string]: unknown;
  };
  tolerations?: Toleration[];
  restartPolicy?: string;
  terminationGracePeriodSeconds?: number;
  schedulingGates?: unknown[];
  overhead?: Record<string, string | number>;
  [field: string]: unknown;
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  state: Record<string, unknown>;
  [field: string]: unknown;
}

export interface PodStatus {
  phase?: string;
  conditions?: Condition[];
  containerStatuses?: ContainerStatus[];
  startTime?: string;
  podIP?: string;
  [field: string]: unknown;
}

export interface Pod extends StoredObject {
  spec: PodSpec;
  status?: PodStatus;
}

export interface PodTemplate {
  metadata?: Partial<Pick<ObjectMetadata, 'labels' | 'annotations'>>;
  spec: PodSpec;
}

export interface Node extends StoredObject {
  spec: { unschedulable?: boolean; taints?: Taint[]; providerID?: string; [field: string]: unknown };
  status?: {
    allocatable?: Record<string, string>;
    conditions?: Condition[];
    nodeInfo?: { kubeletVersion: string; [field: string]: unknown };
    [field: string]: unknown;
  };
}

export type CountOrPercentage = number | string;

export interface Deployment extends StoredObject {
  spec: {
    replicas: number;
    selector: LabelSelector;
    template: PodTemplate;
    strategy: {
      type: string;
      rollingUpdate?: { maxSurge?: CountOrPercentage; maxUnavailable?: CountOrPercentage };
    };
    minReadySeconds?: number;
    revisionHistoryLimit: number;
    progressDeadlineSeconds: number;
    paused?: boolean;
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    unavailableReplicas?: number;
    conditions?: Condition[];
  };
}

export interface ReplicaSet extends StoredObject {
  spec: { replicas: number; selector: LabelSelector; template: PodTemplate; minReadySeconds?: number };
  status?: {
    replicas: number;
    fullyLabeledReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    observedGeneration?: number;
  };
}

export interface StatefulSet extends StoredObject {
  spec: {
    replicas: number;
    selector: LabelSelector;
    serviceName?: string;
    template: PodTemplate;
    podManagementPolicy: string;
    updateStrategy: { type: string; rollingUpdate?: { partition?: number } };
    minReadySeconds?: number;
    volumeClaimTemplates?: { metadata: { name: string }; spec?: unknown }[];
    ordinals?: { start?: number };
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    currentReplicas?: number;
    updatedReplicas?: number;
    currentRevision?: string;
    updateRevision?: string;
    collisionCount?: number;
  };
}

export interface DaemonSet extends StoredObject {
  spec: {
    selector: LabelSelector;
    template: PodTemplate;
    updateStrategy: {
      type: string;
      rollingUpdate?: { maxUnavailable?: CountOrPercentage; maxSurge?: CountOrPercentage };
    };
    minReadySeconds?: number;
  };
  status?: {
    observedGeneration?: number;
    currentNumberScheduled: number;
    desiredNumberScheduled: number;
    numberMisscheduled: number;
    numberReady: number;
    updatedNumberScheduled?: number;
    numberAvailable?: number;
    numberUnavailable?: number;
  };
}

export interface Job extends StoredObject {
  spec: {
    parallelism: number;
    completions: number;
    backoffLimit: number;
    suspend?: boolean;
    ttlSecondsAfterFinished?: number;
    selector?: LabelSelector;
    template: PodTemplate;
  };
  status?: {
    active?: number;
    ready?: number;
    succeeded?: number;
    failed?: number;
    startTime?: string;
    completionTime?: string;
    conditions?: Condition[];
  };
}

export interface PodDisruptionBudget extends StoredObject {
  spec: {
    selector?: LabelSelector;
    minAvailable?: CountOrPercentage;
    maxUnavailable?: CountOrPercentage;
    unhealthyPodEvictionPolicy?: string;
  };
  status?: {
    observedGeneration?: number;
    disruptionsAllowed: number;
    currentHealthy: number;
    desiredHealthy: number;
    expectedPods: number;
    disruptedPods?: Record<string, string>;
    conditions?: Condition[];
  };
}

export interface Namespace extends StoredObject {
  spec: { finalizers?: string[] };
  status?: { phase?: string; conditions?: Condition[] };
}

export interface Service extends StoredObject {
  spec: {
    selector?: Record<string, string>;
    ports?: { name?: string; port: number; targetPort?: number | string; protocol?: string }[];
    type?: string;
    clusterIP?: string;
    [field: string]: unknown;
  };
}

export interface CustomResourceDefinition extends StoredObject {
  spec: {
    group: string;
    scope: string;
    names: { plural: string; kind: string; singular?: string; listKind?: string; shortNames?: string[] };
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      subresources?: { status?: unknown; scale?: unknown };
      [field: string]: unknown;
    }[];
    [field: string]: unknown;
  };
  status?: {
    conditions?: Condition[];
    acceptedNames?: unknown;
    storedVersions?: string[];
  };
}

export const pods = resource<Pod>('', 'pods');
export const nodes = resource<Node>('', 'nodes');
export const namespaces = resource<Namespace>('', 'namespaces');
export const services = resource<Service>('', 'services');
export const endpoints = resource('', 'endpoints');
export const configMaps = resource('', 'configmaps');
export const serviceAccounts = resource('', 'serviceaccounts');
export const persistentVolumeClaims = resource('', 'persistentvolumeclaims');
export const deployments = resource<Deployment>('apps', 'deployments');
export const replicaSets = resource<ReplicaSet>('apps', 'replicasets');
export const statefulSets = resource<StatefulSet>('apps', 'statefulsets');
export const daemonSets = resource<DaemonSet>('apps', 'daemonsets');
export const controllerRevisions = resource('apps', 'controllerrevisions');
export const jobs = resource<Job>('batch', 'jobs');
export const podDisruptionBudgets = resource<PodDisruptionBudget>('policy', 'poddisruptionbudgets');
export const endpointSlices = resource('discovery.k8s.io', 'endpointslices');
export const leases = resource('coordination.k8s.io', 'leases');
export const customResourceDefinitions = resource<CustomResourceDefinition>(
  'apiextensions.k8s.io',
  'customresourcedefinitions',
);
