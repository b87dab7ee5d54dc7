import type { ToolProfile } from './profile.ts';

/** AWS Load Balancer Controller: load balancers for Ingresses, Services and Gateways. */
export const awsLoadBalancerController: ToolProfile = {
  name: 'aws-load-balancer-controller',
  title: 'AWS Load Balancer Controller',
  release: 'aws-load-balancer-controller',
  namespace: 'kube-system',
  source: { repository: 'https://aws.github.io/eks-charts', chart: 'aws-load-balancer-controller' },
  charts: ['aws-load-balancer-controller'],
  images: ['aws-load-balancer-controller'],
  labels: [{ 'app.kubernetes.io/name': 'aws-load-balancer-controller' }],
  installs: [
    'serviceaccounts',
    'services',
    'secrets',
    'deployments.apps',
    'ingressclasses.networking.k8s.io',
    'ingressclassparams.elbv2.k8s.aws',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    'poddisruptionbudgets.policy',
    'clusterroles.rbac.authorization.k8s.io',
    'clusterrolebindings.rbac.authorization.k8s.io',
    'roles.rbac.authorization.k8s.io',
    'rolebindings.rbac.authorization.k8s.io',
  ],
  crds: {
    names: ['ingressclassparams.elbv2.k8s.aws', 'targetgroupbindings.elbv2.k8s.aws'],
    groups: ['elbv2.k8s.aws', 'gateway.k8s.aws', 'aga.k8s.aws'],
  },
  leases: [{ name: 'aws-load-balancer-controller-leader' }],
  serves: ['load-balancers'],
  eventSources: ['ingress', 'service', 'targetGroupBinding'],
  // ingress.k8s.aws/resources, group.ingress.k8s.aws/NAME, service.k8s.aws/resources, elbv2.k8s.aws/resources.
  finalizers: ['ingress.k8s.aws/', 'group.ingress.k8s.aws/', 'service.k8s.aws/', 'elbv2.k8s.aws/'],
  notes: [
    'Its chart has the CRDs in `crds/`, which Helm installs once and never changes.',
    'While no Pod of it runs, its webhooks refuse new Services and Pods of namespaces that they select.',
  ],
};
