import type { ToolProfile } from './profile.ts';

/** ExternalDNS. What it serves lies in DNS, outside the cluster; it elects no leader. */
export const externalDns: ToolProfile = {
  name: 'external-dns',
  title: 'ExternalDNS',
  release: 'external-dns',
  namespace: 'external-dns',
  source: { repository: 'https://kubernetes-sigs.github.io/external-dns', chart: 'external-dns' },
  charts: ['external-dns'],
  images: ['external-dns'],
  labels: [{ 'app.kubernetes.io/name': 'external-dns' }],
  installs: [
    'serviceaccounts',
    'services',
    'deployments.apps',
    'clusterroles.rbac.authorization.k8s.io',
    'clusterrolebindings.rbac.authorization.k8s.io',
  ],
  crds: { names: ['dnsendpoints.externaldns.k8s.io'], groups: ['externaldns.k8s.io'] },
  leases: [],
  serves: [],
  eventSources: ['external-dns'],
  finalizers: [],
  notes: ['Its chart has the CRDs in `crds/`, which Helm installs once and never changes.'],
};
