import type { ToolProfile } from './profile.ts';

/** Descheduler: a CronJob by default, a Deployment when its values say so. */
export const descheduler: ToolProfile = {
  name: 'descheduler',
  title: 'Descheduler',
  release: 'descheduler',
  namespace: 'kube-system',
  source: { repository: 'https://kubernetes-sigs.github.io/descheduler', chart: 'descheduler' },
  charts: ['descheduler'],
  images: ['descheduler'],
  labels: [{ 'app.kubernetes.io/name': 'descheduler' }],
  installs: [
    'serviceaccounts',
    'configmaps',
    'services',
    'cronjobs.batch',
    'deployments.apps',
    'clusterroles.rbac.authorization.k8s.io',
    'clusterrolebindings.rbac.authorization.k8s.io',
  ],
  crds: { names: [], groups: [] },
  // Only with several replicas of the Deployment, and in kube-system wherever they run.
  leases: [{ name: 'descheduler', namespace: 'kube-system' }],
  serves: ['scheduled-jobs'],
  eventSources: [],
  finalizers: [],
  notes: [
    'Each release is built for the Kubernetes minor of its own number, and tested with that and the two before.',
  ],
};
