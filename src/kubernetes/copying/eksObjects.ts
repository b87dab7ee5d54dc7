import type { CopiedKind, ObjectFacts } from './objectFacts.ts';

/**
 * What EKS itself makes in every cluster, and what its add-ons consist of. Green has them of its own, made for its
 * version. EKS applies as the field manager `eks` and labels most of them; the names are for those that it has made in
 * earlier days without either, as of platform versions of 1.24 to 1.34.
 */

const managerOfEks = 'eks';
const componentLabel = 'eks.amazonaws.com/component';

/** Names of what the add-ons `vpc-cni`, `coredns`, `kube-proxy` and the CSI drivers put into kube-system. */
const addonObjects: ReadonlySet<string> = new Set([
  ...['aws-node', 'amazon-vpc-cni', 'coredns', 'kube-dns', 'kube-proxy', 'kube-proxy-config'],
  ...[
    'ebs-csi-controller',
    'ebs-csi-controller-sa',
    'ebs-csi-node',
    'ebs-csi-node-sa',
    'ebs-csi-node-windows',
  ],
  ...['efs-csi-controller', 'efs-csi-controller-sa', 'efs-csi-node', 'efs-csi-node-sa'],
  ...['eks-pod-identity-agent', 'eks-vpc-resource-controller', 'vpc-resource-controller'],
  ...['eks-admin', 'eks-certificates-controller', 'cp-vpc-resource-controller', 'tagging-controller'],
]);

/** Names of what EKS and its add-ons have outside of namespaces. */
const clusterWide: ReadonlySet<string> = new Set([
  ...['aws-node', 'system:coredns', 'system:kube-proxy', 'vpc-resource-controller-role'],
  ...['vpc-resource-controller-rolebinding', 'pod-identity-webhook', 'vpc-resource-mutating-webhook'],
  ...['vpc-resource-validating-webhook', 'eniconfigs.crd.k8s.amazonaws.com', 'cninodes.vpcresources.k8s.aws'],
  ...['securitygrouppolicies.vpcresources.k8s.aws', 'policyendpoints.networking.k8s.aws'],
  ...['v1.vpcresources.k8s.aws', 'v1beta1.vpcresources.k8s.aws', 'v1alpha1.crd.k8s.amazonaws.com'],
]);

/** True for what EKS or one of its add-ons has made. */
export function isMadeByEks({ group }: CopiedKind, facts: ObjectFacts): boolean {
  const { namespace, name, labels, managers } = facts;
  if (labels[componentLabel] !== undefined || managers.includes(managerOfEks)) return true;
  if (labels['app.kubernetes.io/managed-by'] === 'EKS') return true;
  // Its own roles, bindings and flow schemas; a name with a colon is nothing that an application has.
  if (name.startsWith('eks:')) return true;
  if (group === 'flowcontrol.apiserver.k8s.io') return name.startsWith('eks-');
  if (namespace === 'kube-system') return addonObjects.has(name);
  return namespace === undefined && clusterWide.has(name);
}
