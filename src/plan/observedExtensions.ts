import type { LabelSelector } from './labelSelector.ts';

/** What is plugged into the API server: APIs served by others, webhooks, and kinds of one's own. */
export interface ObservedExtensions {
  /** APIServices that are served by a Service in the cluster, available or not. */
  apiServices: ObservedApiService[];
  webhooks: ObservedWebhook[];
  /** Labels of the namespaces that the control plane and the nodes live in, by name. */
  systemNamespaces: Record<string, Record<string, string>>;
  /** CustomResourceDefinitions whose `status.storedVersions` holds more than the version that is stored now. */
  storedVersions: ObservedStoredVersions[];
}

export interface ObservedApiService {
  /** `v1beta1.metrics.k8s.io`. */
  name: string;
  /** `kube-system/metrics-server`. */
  service: string;
  available: boolean;
  reason?: string;
}

export interface ObservedWebhook {
  kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';
  /** Of the configuration. */
  configuration: string;
  /** Of the webhook in it. */
  name: string;
  failurePolicy: 'Fail' | 'Ignore';
  rules: WebhookRule[];
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  /** Whether it has conditions in CEL, which say what it is called for beyond its rules. */
  conditional: boolean;
  /** Where it is: a Service in the cluster, or a host that the API server calls directly. */
  target: { service: { namespace: string; name: string }; readyEndpoints: number } | { host: string };
}

export interface WebhookRule {
  groups: string[];
  resources: string[];
  operations: string[];
  /** `*`, `Namespaced` or `Cluster`. */
  scope: string;
}

export interface ObservedStoredVersions {
  /** Of the CustomResourceDefinition, `widgets.example.com`. */
  name: string;
  storedVersions: string[];
  servedVersions: string[];
}
