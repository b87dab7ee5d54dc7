import type { ToolProfile } from './profile.ts';

/** Argo CD. Its controllers share their work out by shards and lead by no Lease, save that of ApplicationSets. */
export const argoCd: ToolProfile = {
  name: 'argo-cd',
  title: 'Argo CD',
  release: 'argocd',
  namespace: 'argocd',
  source: { repository: 'https://argoproj.github.io/argo-helm', chart: 'argo-cd' },
  charts: ['argo-cd'],
  images: ['argocd'],
  labels: [{ 'app.kubernetes.io/part-of': 'argocd' }],
  installs: [
    'serviceaccounts',
    'services',
    'secrets',
    'configmaps',
    'deployments.apps',
    'statefulsets.apps',
    'jobs.batch',
    'ingresses.networking.k8s.io',
    'networkpolicies.networking.k8s.io',
    'poddisruptionbudgets.policy',
    'clusterroles.rbac.authorization.k8s.io',
    'clusterrolebindings.rbac.authorization.k8s.io',
    'roles.rbac.authorization.k8s.io',
    'rolebindings.rbac.authorization.k8s.io',
  ],
  // Argo Rollouts, Workflows and Events have their kinds in the same API group.
  crds: {
    names: ['applications.argoproj.io', 'applicationsets.argoproj.io', 'appprojects.argoproj.io'],
    groups: [],
  },
  leases: [{ name: '58ac56fa.applicationsets.argoproj.io' }],
  serves: ['applications'],
  eventSources: ['argocd-application-controller', 'applicationset-controller'],
  finalizers: [],
  notes: [
    'Its chart has the CRDs among its templates, so an upgrade of the release changes them at once.',
    'An Application that has Argo CD itself as its resources takes back what Helm has changed.',
  ],
};
