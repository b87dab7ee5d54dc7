import type { MinorVersion } from '../../contract/plan.ts';

/** What has to be there for a change to concern a cluster. */
export type ChangeConcerns =
  /** Node groups of one of EKS's AMI types. */
  | { amiTypes: readonly string[] }
  /** Nodes with images that EKS does not choose, by the start of what their kubelets call the system. */
  | { osImages: readonly string[] }
  /** The same by the start of their container runtime. */
  | { containerRuntimes: readonly string[] }
  /** Node groups whose launch template brings its own image and with it its own kubelet flags. */
  | { ownImages: true }
  /** kube-proxy in one of these modes; empty: no mode given. */
  | { kubeProxyModes: readonly string[] }
  /** Pods with a volume of this kind. */
  | { legacyVolume: 'gitRepo' | 'cephfs' | 'rbd' | 'portworxVolume' };

/** A change that comes with a minor version and that no table of APIs or metrics holds. */
export interface KnownChange {
  /** Part of the finding's name. */
  id: string;
  /** The first minor version that has it. */
  at: MinorVersion;
  severity: 'blocker' | 'warning' | 'info';
  concerns: ChangeConcerns;
  /** What changes, after `From 1.33 on, `. */
  what: string;
  remedy: string;
  /** Where the fact is from. */
  source: string;
}

const pull = (number: number): string => `https://github.com/kubernetes/kubernetes/pull/${number}`;

/** Systems that come with cgroup v1 unless somebody has changed that. */
const cgroupV1Systems = [
  'Amazon Linux 2',
  'CentOS Linux 7',
  'Red Hat Enterprise Linux Server 7',
  'Red Hat Enterprise Linux 8',
  'Rocky Linux 8',
  'AlmaLinux 8',
  'Ubuntu 18.04',
  'Ubuntu 20.04',
  'Debian GNU/Linux 10',
] as const;

/**
 * Facts from the release notes of Kubernetes 1.30 to 1.37 (CHANGELOG/ of k8s.io/kubernetes 1.30.14, 1.31.0, 1.32.2,
 * 1.33.13, 1.34.4, 1.35.4, 1.36.3, 1.37.2) and of EKS, as far as the cluster shows whether they concern it. Those that
 * have to do with APIs or metrics stand in the tables of these.
 */
export const knownChanges: readonly KnownChange[] = [
  {
    id: 'cephfs-volumes',
    at: '1.31',
    severity: 'blocker',
    concerns: { legacyVolume: 'cephfs' },
    what: 'Kubernetes has no cephfs volumes of its own any more, and Pods that have one do not start',
    remedy: 'Move them to volumes of the CephFS CSI driver (github.com/ceph/ceph-csi) first.',
    source: pull(124544),
  },
  {
    id: 'rbd-volumes',
    at: '1.31',
    severity: 'blocker',
    concerns: { legacyVolume: 'rbd' },
    what: 'Kubernetes has no rbd volumes of its own any more, and Pods that have one do not start',
    remedy: 'Move them to volumes of the RBD CSI driver (github.com/ceph/ceph-csi) first.',
    source: pull(124546),
  },
  {
    id: 'portworx-migration',
    at: '1.31',
    severity: 'warning',
    concerns: { legacyVolume: 'portworxVolume' },
    what: 'everything about Portworx volumes goes to the CSI driver pxd.portworx.com',
    remedy: 'See that the Portworx CSI driver is installed before the upgrade.',
    source: pull(125016),
  },
  {
    id: 'cgroup-v1-maintenance',
    at: '1.31',
    severity: 'info',
    concerns: { osImages: cgroupV1Systems },
    what: 'the kubelet warns on nodes with cgroup v1, which is only kept going',
    remedy:
      'Plan for a node image with cgroup v2 (Amazon Linux 2023, Bottlerocket): from 1.35 on it is needed.',
    source: pull(125328),
  },
  {
    id: 'al2-images',
    at: '1.33',
    severity: 'blocker',
    concerns: { amiTypes: ['AL2_x86_64', 'AL2_x86_64_GPU', 'AL2_ARM_64'] },
    what: 'EKS has no images of Amazon Linux 2, so that a group of this AMI type can go no further than 1.32',
    remedy:
      'Make a node group of an AL2023 or Bottlerocket AMI type, move the Pods to it and delete this one; or leave it at 1.32 for now with workers.skip, as far as the version skew allows.',
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html',
  },
  {
    id: 'al2-nodes',
    at: '1.33',
    severity: 'warning',
    concerns: { osImages: ['Amazon Linux 2'] },
    what: 'EKS publishes no images of Amazon Linux 2',
    remedy:
      'Give these nodes an image of Amazon Linux 2023 or Bottlerocket (amiFamily of their EC2NodeClass, or their launch template).',
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html',
  },
  {
    id: 'git-repo-volumes',
    at: '1.33',
    severity: 'blocker',
    concerns: { legacyVolume: 'gitRepo' },
    what: 'gitRepo volumes are off, and Pods that have one do not start',
    remedy: 'Clone in an init container into an emptyDir instead.',
    source: pull(129923),
  },
  {
    id: 'kubelet-cloud-config-flag',
    at: '1.34',
    severity: 'info',
    concerns: { ownImages: true },
    what: 'a kubelet that is given --cloud-config does not start',
    remedy: 'See that the user data and the image of the launch template do not pass that flag.',
    source: pull(130161),
  },
  {
    id: 'cgroup-v1-refused',
    at: '1.35',
    severity: 'warning',
    concerns: { osImages: cgroupV1Systems },
    what: 'a kubelet does not start on cgroup v1 unless failCgroupV1 is set to false',
    remedy:
      'Give these nodes an image with cgroup v2 (Amazon Linux 2023, Bottlerocket) before they go to that version.',
    source: pull(134298),
  },
  {
    id: 'kubelet-pod-infra-flag',
    at: '1.35',
    severity: 'info',
    concerns: { ownImages: true },
    what: 'a kubelet that is given --pod-infra-container-image does not start',
    remedy:
      'See that the user data and the image of the launch template do not pass that flag; older bootstrap scripts of EKS do.',
    source: pull(133779),
  },
  {
    id: 'ipvs-deprecated',
    at: '1.35',
    severity: 'warning',
    concerns: { kubeProxyModes: ['ipvs'] },
    what: 'the ipvs mode of kube-proxy is deprecated, to be removed',
    remedy: 'Move kube-proxy to nftables (Linux 5.13 or newer), or to iptables where nodes are older.',
    source: pull(134539),
  },
  {
    id: 'portworx-removed',
    at: '1.36',
    severity: 'warning',
    concerns: { legacyVolume: 'portworxVolume' },
    what: 'Kubernetes has no Portworx volumes of its own any more',
    remedy: 'See that the Portworx CSI driver serves these volumes before the upgrade.',
    source: pull(135322),
  },
  {
    id: 'runtime-config',
    at: '1.36',
    severity: 'info',
    concerns: { containerRuntimes: ['containerd://1.'] },
    what: 'kubelets want a container runtime that tells them its cgroup driver; with containerd 1.x they fall back to their own setting, which is to end with 1.38',
    remedy: 'Plan for an image with containerd 2.',
    source: pull(139121),
  },
  {
    id: 'proxy-mode-default',
    at: '1.37',
    severity: 'info',
    concerns: { kubeProxyModes: [''] },
    what: 'kube-proxy warns when no mode is given, because the default will change from iptables to nftables in a later release',
    remedy: 'Set the mode in the ConfigMap of kube-proxy (iptables keeps things as they are).',
    source: pull(139957),
  },
];
