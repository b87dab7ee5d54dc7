import { describe, expect, it } from 'vitest';
import type { MigrationStage } from '../../src/contract/migration.ts';
import { migrationText } from '../../src/contract/migrationText.ts';

const cluster = 'shop-1-34';

describe('a stage of a migration in one line', () => {
  it.each<[MigrationStage, string]>([
    [
      {
        stage: 'green-cluster',
        ...{ cluster, from: '1.31', to: '1.34', create: true, podIdentities: [] },
        accessEntries: ['arn:aws:iam::111122223333:role/admin'],
        trustedBy: ['shop-orders', 'shop-mail'],
      },
      'new cluster shop-1-34 at 1.34, made like the one at 1.31; 1 access entry; trusted by 2 roles: shop-orders, shop-mail',
    ],
    [
      {
        stage: 'green-cluster',
        ...{ cluster, from: '1.31', to: '1.34', create: false },
        ...{ podIdentities: [], accessEntries: [], trustedBy: [] },
      },
      'cluster shop-1-34 at 1.34, which is there',
    ],
    [{ stage: 'green-add-ons', cluster, addons: [] }, 'add-ons on shop-1-34: none'],
    [
      {
        stage: 'green-workers',
        ...{ cluster, to: '1.34' },
        nodeGroups: [
          { name: 'general', size: { min: 1, max: 9, desired: 3 } },
          { name: 'batch', size: { min: 1, max: 1, desired: 1 }, templateVersion: '7' },
        ],
      },
      'workers on shop-1-34 at 1.34: general (3 nodes), batch (1 node, launch template version 7)',
    ],
    [
      {
        stage: 'resources',
        cluster,
        sources: [
          { copy: { excludeNamespaces: ['scratch'], excludeKinds: [] } },
          { helmfile: { file: 'helmfile.yaml', selector: 'tier=web' } },
          { argoCd: { namespace: 'argocd', applications: ['web', 'mail'] } },
        ],
        singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'mailer' }],
        volumes: [
          { claim: 'shop/cache', decision: 'empty' },
          { claim: 'shop/db', decision: 'restored' },
          { claim: 'shop/tmp', decision: 'empty' },
        ],
      },
      'all resources on shop-1-34: copied without scratch, then helmfile helmfile.yaml (tier=web), then Applications of Argo CD in argocd (web, mail), each synced once there; CronJobs, shop/mailer stand still there until the cutover; volumes empty: shop/cache, shop/tmp; restored: shop/db',
    ],
    [
      {
        ...{ stage: 'resources', cluster, singletons: [], volumes: [] },
        sources: [
          { manifests: { path: '/srv/base' } },
          {
            chart: {
              ...{ release: 'web', namespace: 'shop', version: '1.2.0', values: ['/srv/web.yaml'] },
              source: { repository: 'https://charts.example.test', chart: 'web' },
            },
          },
          {
            chart: {
              ...{ release: 'db', namespace: 'shop', version: '3.0.0', values: [] },
              source: { oci: 'oci://example.test/db' },
            },
          },
        ],
      },
      'all resources on shop-1-34: manifests of /srv/base, then release shop/web of chart web of https://charts.example.test 1.2.0 with /srv/web.yaml, then release shop/db of chart oci://example.test/db 3.0.0; CronJobs stand still there until the cutover',
    ],
    [
      { stage: 'green-verification', cluster, probes: [] },
      'shop-1-34 is looked at from inside: inventories, workloads, no probes',
    ],
    [
      {
        stage: 'cutover',
        cluster,
        router: 'listener rule 7 of load balancer shop',
        weights: [5, 100],
        soak: '5m',
      },
      'gate, then the users go to shop-1-34 by listener rule 7 of load balancer shop: 5 %, 100 %, each watched for 5m; back to the old one when it does worse',
    ],
    [
      {
        stage: 'retirement',
        cluster: 'shop',
        keepOldFor: '72h',
        nodeGroups: ['general'],
        addons: ['coredns'],
      },
      'shop stays as it was for 72h; then gate, and it is deleted with its node groups (general) and add-ons (coredns)',
    ],
  ])('%#', (stage, text) => {
    expect(migrationText(stage)).toBe(text);
  });
});
