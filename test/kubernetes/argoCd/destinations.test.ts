import { describe, expect, it } from 'vitest';
import { placeOf, withoutBlue } from '../../../src/kubernetes/argoCd/destinations.ts';
import type { Destination } from '../../../src/kubernetes/argoCd/application.ts';
import type { KnownClusters, Place } from '../../../src/kubernetes/argoCd/destinations.ts';
import { application, project } from './argoCdFixture.ts';

const blueServer = 'https://BLUE.eks.amazonaws.com';
const known: KnownClusters = {
  blueServer,
  blueNames: new Set(['prod']),
  ownNames: new Set(['in-cluster']),
  otherNames: new Set(['staging']),
};
const own = 'https://kubernetes.default.svc';

describe('where an Application deploys to', () => {
  it.each<[Destination, Place]>([
    [{ server: own }, 'here'],
    [{ name: 'in-cluster' }, 'here'],
    [{ server: blueServer }, 'blue'],
    [{ server: 'https://blue.eks.amazonaws.com:443/' }, 'blue'],
    [{ name: 'prod' }, 'blue'],
    [{ server: 'https://other.example.com' }, 'elsewhere'],
    [{ name: 'staging' }, 'elsewhere'],
    [{ name: 'misspelt' }, 'unknown'],
    [{}, 'unknown'],
  ])('%j is %s', (destination, place) => {
    expect(placeOf(destination, known)).toBe(place);
  });
});

describe('what names the old cluster', () => {
  it('names the one that Argo CD is in, in an Application', () => {
    const of = (destination: Destination) =>
      withoutBlue(application('web', { destination: { ...destination, namespace: 'shop' } }), known)['spec'];
    expect(of({ server: blueServer })).toMatchObject({ destination: { server: own, namespace: 'shop' } });
    expect(of({ name: 'prod' })).toMatchObject({ destination: { name: 'in-cluster', namespace: 'shop' } });
    expect(of({ name: 'staging' })).toMatchObject({ destination: { name: 'staging' } });
  });

  it('gets the name that a Secret gives it', () => {
    const app = application('web', { destination: { name: 'prod' } });
    expect(withoutBlue(app, { ...known, ownNames: new Set(['home']) })['spec']).toMatchObject({
      destination: { name: 'home' },
    });
  });

  it('does so in a project, whose patterns stay', () => {
    const destinations = [
      { server: blueServer, namespace: '*' },
      { server: '*', namespace: 'a' },
      { name: 'prod*' },
    ];
    expect(withoutBlue(project('shop', destinations), known)['spec']).toMatchObject({
      destinations: [{ server: own, namespace: '*' }, { server: '*', namespace: 'a' }, { name: 'prod*' }],
    });
  });

  it('does so in what an ApplicationSet generates from, and in its template', () => {
    const set = {
      kind: 'ApplicationSet',
      metadata: { name: 'all' },
      spec: {
        generators: [{ list: { elements: [{ url: `${blueServer}/`, note: `not ${blueServer}` }] } }],
        template: { metadata: { name: 'prod' }, spec: { destination: { name: 'prod' } } },
      },
    };
    expect(withoutBlue(set, known)['spec']).toEqual({
      generators: [{ list: { elements: [{ url: own, note: `not ${blueServer}` }] } }],
      template: { metadata: { name: 'prod' }, spec: { destination: { name: 'in-cluster' } } },
    });
  });

  it('changes nothing else', () => {
    const secret = { kind: 'Secret', data: { server: blueServer } };
    expect(withoutBlue(secret, known)).toBe(secret);
  });
});
