/** The workloads that EKS's add-ons consist of, as far as an upgrade sees them. */
import { behaviourAnnotations } from './behaviour.ts';
import type { Manifest } from './manifest.ts';
import type { ScenarioAddon } from './scenario.ts';

type AddonName = ScenarioAddon['name'];

interface AddonWorkload {
  kind: 'Deployment' | 'DaemonSet';
  name: string;
  container: string;
  /** Repository of the image in EKS's registry. */
  repository: string;
  /** The label that the add-on's own manifests select by. */
  app: Record<string, string>;
  replicas?: number;
  budget?: boolean;
  requests: { cpu: string; memory: string };
  /** Compute types that it stays away from. */
  notOn?: string[];
}

/** Namespace of all of them. */
export const addonNamespace = 'kube-system';

const everyAddon: Record<AddonName, AddonWorkload[]> = {
  coredns: [
    {
      kind: 'Deployment',
      name: 'coredns',
      container: 'coredns',
      repository: 'eks/coredns',
      app: { 'k8s-app': 'kube-dns' },
      replicas: 2,
      budget: true,
      requests: { cpu: '100m', memory: '70Mi' },
    },
  ],
  'kube-proxy': [
    {
      kind: 'DaemonSet',
      name: 'kube-proxy',
      container: 'kube-proxy',
      repository: 'eks/kube-proxy',
      app: { 'k8s-app': 'kube-proxy' },
      requests: { cpu: '100m', memory: '0Mi' },
      notOn: ['fargate', 'auto'],
    },
  ],
  'vpc-cni': [
    {
      kind: 'DaemonSet',
      name: 'aws-node',
      container: 'aws-node',
      repository: 'amazon-k8s-cni',
      app: { 'k8s-app': 'aws-node' },
      requests: { cpu: '50m', memory: '0Mi' },
      notOn: ['fargate', 'hybrid', 'auto'],
    },
  ],
  'aws-ebs-csi-driver': [
    {
      kind: 'Deployment',
      name: 'ebs-csi-controller',
      container: 'ebs-plugin',
      repository: 'eks/aws-ebs-csi-driver',
      app: { app: 'ebs-csi-controller' },
      replicas: 2,
      budget: true,
      requests: { cpu: '60m', memory: '240Mi' },
    },
    {
      kind: 'DaemonSet',
      name: 'ebs-csi-node',
      container: 'ebs-plugin',
      repository: 'eks/aws-ebs-csi-driver',
      app: { app: 'ebs-csi-node' },
      requests: { cpu: '30m', memory: '120Mi' },
      notOn: ['fargate', 'hybrid', 'auto'],
    },
  ],
  'aws-efs-csi-driver': [
    {
      kind: 'Deployment',
      name: 'efs-csi-controller',
      container: 'efs-plugin',
      repository: 'eks/aws-efs-csi-driver',
      app: { app: 'efs-csi-controller' },
      replicas: 2,
      requests: { cpu: '50m', memory: '100Mi' },
    },
    {
      kind: 'DaemonSet',
      name: 'efs-csi-node',
      container: 'efs-plugin',
      repository: 'eks/aws-efs-csi-driver',
      app: { app: 'efs-csi-node' },
      requests: { cpu: '30m', memory: '100Mi' },
      notOn: ['fargate', 'hybrid', 'auto'],
    },
  ],
  'eks-pod-identity-agent': [
    {
      kind: 'DaemonSet',
      name: 'eks-pod-identity-agent',
      container: 'eks-pod-identity-agent',
      repository: 'eks/eks-pod-identity-agent',
      app: { 'app.kubernetes.io/name': 'eks-pod-identity-agent' },
      requests: { cpu: '10m', memory: '32Mi' },
      notOn: ['fargate', 'auto'],
    },
  ],
  'metrics-server': [
    {
      kind: 'Deployment',
      name: 'metrics-server',
      container: 'metrics-server',
      repository: 'eks/metrics-server',
      app: { 'app.kubernetes.io/name': 'metrics-server' },
      replicas: 2,
      budget: true,
      requests: { cpu: '100m', memory: '200Mi' },
    },
  ],
  'snapshot-controller': [
    {
      kind: 'Deployment',
      name: 'snapshot-controller',
      container: 'snapshot-controller',
      repository: 'eks/snapshot-controller',
      app: { 'app.kubernetes.io/name': 'snapshot-controller' },
      replicas: 2,
      requests: { cpu: '10m', memory: '20Mi' },
    },
  ],
};

/** Whether it is known what an add-on consists of. */
export const isKnownAddon = (addon: string): addon is AddonName => Object.hasOwn(everyAddon, addon);

/** The workloads of an add-on; none for one that is not known. */
export function workloadsOfAddon(addon: string): AddonWorkload[] {
  return isKnownAddon(addon) ? everyAddon[addon] : [];
}

/** The manifests of an installed add-on. Its version is the tag of its images. */
export function manifestsOfAddon(addon: ScenarioAddon, region: string): Manifest[] {
  const manifests = workloadsOfAddon(addon.name).flatMap((workload) =>
    manifestsOfAddonWorkload(addon, workload, region),
  );
  const metadata = (name: string) => ({
    name,
    namespace: addonNamespace,
    labels: componentLabels(addon.name),
  });
  if (addon.name === 'coredns')
    manifests.push(
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { ...metadata('kube-dns'), labels: { 'k8s-app': 'kube-dns' } },
        spec: {
          clusterIP: '172.20.0.10',
          selector: { 'k8s-app': 'kube-dns' },
          ports: [{ name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' }],
        },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata('coredns'),
        data: { Corefile: '.:53 {\n    errors\n    health\n    forward . /etc/resolv.conf\n}\n' },
      },
    );
  if (addon.name === 'kube-proxy')
    manifests.push({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('kube-proxy-config'),
      data: { config: 'mode: iptables\n' },
    });
  return manifests;
}

const componentLabels = (addon: string): Record<string, string> => ({ 'eks.amazonaws.com/component': addon });

function manifestsOfAddonWorkload(addon: ScenarioAddon, workload: AddonWorkload, region: string): Manifest[] {
  const { kind, name, app, notOn, requests } = workload;
  const metadata = { name, namespace: addonNamespace, labels: { ...componentLabels(addon.name), ...app } };
  const tolerations =
    kind === 'DaemonSet' ? [{ operator: 'Exists' }] : [{ key: 'CriticalAddonsOnly', operator: 'Exists' }];
  const computeTypes =
    notOn === undefined ? [] : [{ key: 'eks.amazonaws.com/compute-type', operator: 'NotIn', values: notOn }];
  const manifests: Manifest[] = [
    {
      apiVersion: 'apps/v1',
      kind,
      metadata,
      spec: {
        ...(kind === 'Deployment' ? { replicas: workload.replicas ?? 1 } : {}),
        selector: { matchLabels: app },
        ...(kind === 'Deployment'
          ? { strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: '25%' } } }
          : { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } } }),
        template: {
          metadata: {
            labels: { ...componentLabels(addon.name), ...app },
            annotations: {
              [behaviourAnnotations.startSeconds]: kind === 'DaemonSet' ? '4' : '8',
              [behaviourAnnotations.stopSeconds]: '2',
            },
          },
          spec: {
            priorityClassName: 'system-node-critical',
            containers: [
              {
                name: workload.container,
                image: `602401143452.dkr.ecr.${region}.amazonaws.com/${workload.repository}:${addon.version}`,
                resources: { requests },
              },
            ],
            tolerations,
            ...(computeTypes.length > 0
              ? {
                  affinity: {
                    nodeAffinity: {
                      requiredDuringSchedulingIgnoredDuringExecution: {
                        nodeSelectorTerms: [{ matchExpressions: computeTypes }],
                      },
                    },
                  },
                }
              : {}),
          },
        },
      },
    },
  ];
  if (workload.budget === true)
    manifests.push({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: app } },
    });
  return manifests;
}
