import { describe, expect, it, test } from 'vitest';
import { copyNotes, note } from '../../../src/kubernetes/copying/copyNotes.ts';
import type { SeenForNotes } from '../../../src/kubernetes/copying/readForNotes.ts';

const nothing: SeenForNotes = {
  services: [],
  ingresses: [],
  volumes: [],
  claims: [],
  runningJobs: [],
  barePods: [],
  urlWebhooks: [],
  hostPathWorkloads: [],
};
const everything = { goesAlong: () => true, decisionOf: () => undefined };
const service = { name: 'shop/web', type: 'ClusterIP', hasSelector: true };
const volume = { name: 'pvc-1', claim: 'shop/data', driver: 'ebs.csi.aws.com', isStatic: false };

describe('what can not be copied as it is', () => {
  test.each<[what: string, seen: Partial<SeenForNotes>, severity: string, subject: string]>([
    ['a load balancer', { services: [{ ...service, type: 'LoadBalancer' }] }, 'warning', 'Service shop/web'],
    ['a Service by hand', { services: [{ ...service, hasSelector: false }] }, 'warning', 'Service shop/web'],
    [
      'a name elsewhere',
      {
        services: [{ ...service, type: 'ExternalName', hasSelector: false, externalName: 'db.example.com' }],
      },
      'info',
      'Service shop/web',
    ],
    ['an Ingress', { ingresses: [{ name: 'shop/web' }] }, 'info', 'Ingress shop/web'],
    [
      'a folder of a node',
      { volumes: [{ ...volume, driver: 'local' }] },
      'warning',
      'PersistentVolume pvc-1',
    ],
    [
      'a volume by hand',
      { volumes: [{ ...volume, driver: 'efs.csi.aws.com', isStatic: true }] },
      'warning',
      'PersistentVolume pvc-1',
    ],
    ['a Job at work', { runningJobs: ['batch/export'] }, 'info', 'Job batch/export'],
    ['a Pod of nobody', { barePods: ['shop/debug'] }, 'info', 'Pod shop/debug'],
    [
      'a webhook elsewhere',
      { urlWebhooks: [{ configuration: 'policy', host: 'policy.example.com' }] },
      'warning',
      'Webhook policy (policy.example.com)',
    ],
    [
      'a workload on its node',
      { hostPathWorkloads: ['Deployment shop/web'] },
      'info',
      'Workload Deployment shop/web',
    ],
  ])('%s is told', (_what, seen, severity, subject) => {
    expect(copyNotes({ ...nothing, ...seen }, everything)).toMatchObject([{ severity, subject }]);
  });

  test.each<[what: string, seen: Partial<SeenForNotes>]>([
    ['a Service with a selector', { services: [service] }],
    [
      'the Service of the API server',
      { services: [{ ...service, name: 'default/kubernetes', hasSelector: false }] },
    ],
    ['a volume that was made for its claim', { volumes: [volume] }],
    ['a volume that no claim has', { volumes: [{ name: 'free', driver: 'local', isStatic: true }] }],
  ])('%s is no matter', (_what, seen) => {
    expect(copyNotes({ ...nothing, ...seen }, everything)).toEqual([]);
  });

  it('says nothing of what stays behind', () => {
    const seen = {
      ...nothing,
      runningJobs: ['batch/export'],
      services: [{ ...service, type: 'LoadBalancer' }],
    };
    const goesAlong = (name: string) => name.startsWith('shop/');
    expect(copyNotes(seen, { ...everything, goesAlong }).map(({ subject }) => subject)).toEqual([
      'Service shop/web',
    ]);
  });

  it('warns of an EBS volume that shall be shared, and not of the folder of a node that is', () => {
    const seen = { ...nothing, volumes: [volume, { ...volume, name: 'pvc-2', driver: 'local' }] };
    const notes = copyNotes(seen, { ...everything, decisionOf: () => 'shared' });
    expect(notes).toMatchObject([{ subject: 'PersistentVolume pvc-1', severity: 'warning' }]);
  });
});

it('says of many what it says of one, and lists ten of them', () => {
  const names = Array.from({ length: 12 }, (_, index) => `shop/${index}`);
  const [said] = note('Ingress', names, { severity: 'info', what: 'is made anew', remedy: 'Look.' });
  expect(said).toMatchObject({ subject: '12 Ingresses' });
  expect(said?.what).toBe(
    'each is made anew: shop/0, shop/1, shop/2, shop/3, shop/4, shop/5, shop/6, shop/7, shop/8, shop/9 and 2 more',
  );
});
