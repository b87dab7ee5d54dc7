import { describe, expect, test } from 'vitest';
import type { TrackingApplication } from '../../../src/tools/observe/applications.ts';
import { managementOf } from '../../../src/tools/observe/management.ts';
import type { MarkedObject } from '../../../src/tools/observe/management.ts';
import { profileOf } from '../../../src/tools/profiles/index.ts';

type Marks = Pick<Partial<MarkedObject>, 'labels' | 'annotations'>;

const server = ({ labels = {}, annotations = {} }: Marks = {}): MarkedObject => ({
  ...{ group: 'apps', kind: 'Deployment', namespace: 'argocd', name: 'argocd-server', labels, annotations },
});
const tracking = (id: string): Marks => ({ annotations: { 'argocd.argoproj.io/tracking-id': id } });
const application = (name: string, ...resources: TrackingApplication['resources']): TrackingApplication => ({
  ...{ namespace: 'argocd', name, resources },
});
const helm: Marks = {
  labels: { 'app.kubernetes.io/managed-by': 'Helm' },
  annotations: { 'meta.helm.sh/release-name': 'argocd', 'meta.helm.sh/release-namespace': 'argocd' },
};
const own = { group: 'apps', kind: 'Deployment', namespace: 'argocd', name: 'argocd-server' };
const trackingId = 'tools:apps/Deployment:argocd/argocd-server';

interface Case {
  marks?: Marks;
  applications?: TrackingApplication[];
  release?: string;
}

const manage = (tool: string, { marks, applications = [], release }: Case) =>
  managementOf([server(marks)], applications, profileOf(tool), release);

describe('who keeps a tool as it is', () => {
  test.each<[string, Case, { by: string; manager?: string }]>([
    ['a tracking annotation', { marks: tracking(trackingId) }, { by: 'argo-cd', manager: 'tools' }],
    [
      'a tracking annotation of an Application of this cluster',
      { marks: tracking(trackingId), applications: [application('tools')] },
      { by: 'argo-cd', manager: 'argocd/tools' },
    ],
    [
      'a tracking annotation of an Application outside Argo CD’s namespace',
      {
        marks: tracking('team_tools:apps/Deployment:argocd/argocd-server'),
        applications: [{ ...application('tools'), namespace: 'team' }],
      },
      { by: 'argo-cd', manager: 'team/tools' },
    ],
    [
      'a tracking annotation that was copied from another object',
      { marks: tracking('tools:apps/Deployment:argocd/other') },
      { by: 'manifests' },
    ],
    [
      'a tracking annotation that was copied from another namespace',
      { marks: tracking('tools:apps/Deployment:staging/argocd-server') },
      { by: 'manifests' },
    ],
    [
      'a tracking annotation that speaks of another API group',
      { marks: tracking('tools:example.com/Deployment:argocd/argocd-server') },
      { by: 'manifests' },
    ],
    ['a tracking annotation that is none', { marks: tracking('tools') }, { by: 'manifests' }],
    [
      'Argo CD’s own label',
      { marks: { labels: { 'argocd.argoproj.io/instance': 'tools' } } },
      { by: 'argo-cd', manager: 'tools' },
    ],
    [
      'the instance label with an Application that has the object',
      {
        marks: { labels: { 'app.kubernetes.io/instance': 'tools' } },
        applications: [application('tools', own)],
      },
      { by: 'argo-cd', manager: 'argocd/tools' },
    ],
    [
      'the instance label with an Application of that name that has other objects',
      {
        marks: { labels: { 'app.kubernetes.io/instance': 'tools' } },
        applications: [application('tools', { ...own, name: 'web' })],
      },
      { by: 'manifests' },
    ],
    [
      'an Application that has the object, over what Helm has left on it',
      { marks: helm, applications: [application('tools', own)], release: 'argocd/argocd' },
      { by: 'argo-cd', manager: 'argocd/tools' },
    ],
    [
      'Flux’s HelmRelease, whose release is Helm’s too',
      {
        marks: {
          ...helm,
          labels: {
            ...helm.labels,
            'helm.toolkit.fluxcd.io/name': 'argo',
            'helm.toolkit.fluxcd.io/namespace': 'flux-system',
          },
        },
        release: 'argocd/argocd',
      },
      { by: 'flux', manager: 'HelmRelease flux-system/argo' },
    ],
    [
      'Flux’s Kustomization',
      { marks: { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } } },
      { by: 'flux', manager: 'Kustomization argocd/apps' },
    ],
    ['Helm’s marks', { marks: helm }, { by: 'helm', manager: 'argocd/argocd' }],
    ['a release alone', { release: 'argocd/argocd' }, { by: 'helm', manager: 'argocd/argocd' }],
    ['no mark at all', {}, { by: 'manifests' }],
  ])('by %s', (_, given, expected) => {
    const found = manage('external-dns', given);
    expect({ by: found.by, ...(found.manager === undefined ? {} : { manager: found.manager }) }).toEqual(
      expected,
    );
    expect(found.seenOn.length > 0).toBe(found.by !== 'manifests');
    expect(found.managesItself).toBeUndefined();
  });

  test('is nobody when nothing is there', () => {
    expect(managementOf([], [], profileOf('argo-cd'), undefined)).toEqual({ by: 'nobody', seenOn: [] });
  });
});

describe('Argo CD manages itself', () => {
  test('when an Application of this cluster has its workloads', () => {
    const byStatus = manage('argo-cd', { marks: helm, applications: [application('self', own)] });
    expect(byStatus).toMatchObject({ by: 'argo-cd', manager: 'argocd/self', managesItself: true });
    const byAnnotation = manage('argo-cd', {
      marks: tracking(trackingId),
      applications: [application('tools')],
    });
    expect(byAnnotation.managesItself).toBe(true);
  });

  test('when one of its workloads alone is tracked', () => {
    const others = [
      server(),
      server({ annotations: tracking('tools:apps/Deployment:argocd/argocd-server').annotations! }),
    ];
    expect(
      managementOf(others, [application('tools')], profileOf('argo-cd'), 'argocd/argocd').managesItself,
    ).toBe(true);
  });

  test('not when the Argo CD of another cluster keeps it', () => {
    expect(manage('argo-cd', { marks: tracking(trackingId) })).toMatchObject({
      ...{ by: 'argo-cd', manager: 'tools', managesItself: false },
    });
  });

  test('as far as can be told when Applications could not be read', () => {
    const found = managementOf([server(tracking(trackingId))], undefined, profileOf('argo-cd'), undefined);
    expect(found.managesItself).toBe(true);
  });

  test('not when Helm has deployed it and nobody tracks it', () => {
    expect(manage('argo-cd', { marks: helm, applications: [application('web')] })).toMatchObject({
      by: 'helm',
    });
    expect(manage('argo-cd', { marks: helm }).managesItself).toBeUndefined();
  });
});
