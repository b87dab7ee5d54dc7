import { describe, expect, it } from 'vitest';
import type { ObservedApplication, ObservedArgoCd } from '../../../src/plan/observedMigration.ts';
import { observedTool } from '../../tools/observedTool.ts';
import { findings, found } from './found.ts';
import type { Given } from './found.ts';

const argoCd = { argoCd: { namespace: 'argocd' } };
const manifests = { manifests: { path: '/srv/argocd' } };

function seen(change: Partial<ObservedArgoCd> = {}): ObservedArgoCd {
  const applications: ObservedApplication[] = [{ name: 'argocd/web', place: 'here' }];
  return { namespace: 'argocd', applications, missing: [], clusterSecrets: [], ...change };
}

function given(change: Partial<ObservedArgoCd> = {}, resources: object[] = [manifests, argoCd]): Given {
  return { seen: { argoCd: seen(change) }, migration: { resources } };
}

const tool = 'argo-cd/Tool/argo-cd';
const web = 'argo-cd/Application/argocd/web';

describe('Argo CD on the new cluster', () => {
  it.each<[string, Given, string[]]>([
    ['comes by a source before', given(), []],
    ['comes by a copy of the old cluster’s', given({}, [{ copy: {} }, argoCd]), []],
    ['is there already', given({ greenLacks: '' }, [argoCd]), []],
    ['comes by nothing', given({}, [argoCd]), [`blocker ${tool}`]],
    ['comes too late', given({}, [argoCd, manifests]), [`blocker ${tool}`]],
    [
      'is not in what is copied',
      given({}, [{ copy: { excludeNamespaces: ['argocd'] } }, argoCd]),
      [`blocker ${tool}`],
    ],
    [
      'is not on one that is there',
      given({ greenLacks: 'no controller is Ready' }, [argoCd]),
      [`blocker ${tool}`],
    ],
  ])('%s', (_, which, expected) => {
    expect(found('argo-cd', which)).toEqual(expected);
  });

  it('comes as a tool of the request', () => {
    const wanted = { name: 'argo-cd' };
    const which = { ...given({}, [argoCd]), blue: { tools: [observedTool({ wanted })] } };
    expect(
      found('argo-cd', { ...which, request: { tools: [{ name: 'argo-cd', version: '9.1.0' }] } }),
    ).toEqual([]);
  });

  it('is said to be lacking with the reason', () => {
    const [finding] = findings('argo-cd', given({ greenLacks: 'no controller is Ready' }, [argoCd]));
    expect(finding?.message).toBe(
      'Nothing brings Argo CD to the new cluster before its Applications: no controller is Ready.',
    );
  });
});

describe('what Argo CD has on the old cluster', () => {
  it('is of no concern without a source of it', () => {
    expect(found('argo-cd')).toEqual([]);
  });

  it('is unknown where nobody has looked', () => {
    expect(found('argo-cd', { migration: { resources: [manifests, argoCd] } })).toEqual([`unknown ${tool}`]);
  });

  it('is unknown where it could not be seen, and nothing is concluded', () => {
    const unseen = [
      { what: 'what Argo CD has', why: 'forbidden', source: 'Kubernetes', part: 'argoCd' as const },
    ];
    const which = { seen: { unseen }, migration: { resources: [argoCd] } };
    expect(found('argo-cd', which)).toEqual([]);
    expect(findings('unseen', which).map(({ severity }) => severity)).toEqual(['unknown']);
  });

  it('has to have what the request names, and something', () => {
    expect(found('argo-cd', given({ missing: ['wbe'] }))).toEqual(['blocker argo-cd/Application/argocd/wbe']);
    expect(found('argo-cd', given({ applications: [] }))).toEqual(['blocker argo-cd/Namespace/argocd']);
  });

  it.each<[string, Partial<ObservedApplication>, string[]]>([
    ['deploys there', {}, []],
    ['deploys there by a name that only it has', { place: 'blue' }, []],
    ['is kept so by another one', { place: 'blue', parent: 'argocd/root' }, [`blocker ${web}`]],
    ['is kept by another one', { parent: 'argocd/root' }, []],
    ['deploys into a third cluster', { place: 'elsewhere' }, [`warning ${web}`]],
    ['deploys nobody knows where', { place: 'unknown' }, [`blocker ${web}`]],
    ['keeps Argo CD itself', { keepsArgoCd: true }, [`blocker ${web}`]],
  ])('an Application that %s', (_, change, expected) => {
    const applications: ObservedApplication[] = [{ name: 'argocd/web', place: 'here', ...change }];
    expect(found('argo-cd', given({ applications }))).toEqual(expected);
  });

  it('tells of the old cluster by a Secret that stays, which is said', () => {
    const which = given({ clusterSecrets: ['argocd/cluster-blue'] });
    expect(found('argo-cd', which)).toEqual(['info argo-cd/Secret/argocd/cluster-blue']);
  });
});
