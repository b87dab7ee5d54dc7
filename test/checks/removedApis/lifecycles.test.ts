import { describe, expect, it } from 'vitest';
import { kubernetesLifecycles } from '../../../src/checks/removedApis/kubernetesLifecycles.ts';
import {
  apiVersionOf,
  groupAndVersionOf,
  lookUpApis,
  removedBetween,
} from '../../../src/checks/removedApis/lifecycles.ts';
import type { ApiLifecycleTable } from '../../../src/checks/removedApis/types.ts';

function fate(api: string, from: string, to: string) {
  const [group = '', version = '', name = ''] = api.split(' ');
  const named = /^[A-Z]/.test(name) ? { kind: name } : { resource: name };
  return removedBetween(kubernetesLifecycles, { group, version, ...named }, from, to);
}

describe('removedBetween', () => {
  // Each is in Kubernetes' deprecation guide, or in the release's own sources.
  it.each([
    { api: 'flowcontrol.apiserver.k8s.io v1beta3 FlowSchema', from: '1.31', to: '1.32', hop: '1.32' },
    { api: 'flowcontrol.apiserver.k8s.io v1beta3 flowschemas', from: '1.29', to: '1.33', hop: '1.32' },
    { api: 'flowcontrol.apiserver.k8s.io v1beta2 FlowSchema', from: '1.28', to: '1.33', hop: '1.29' },
    { api: 'policy v1beta1 PodDisruptionBudget', from: '1.24', to: '1.25', hop: '1.25' },
    { api: 'policy v1beta1 PodSecurityPolicy', from: '1.24', to: '1.30', hop: '1.25' },
    { api: 'batch v1beta1 CronJob', from: '1.23', to: '1.25', hop: '1.25' },
    { api: 'autoscaling v2beta2 HorizontalPodAutoscaler', from: '1.24', to: '1.26', hop: '1.26' },
    { api: 'autoscaling v2beta1 horizontalpodautoscalers', from: '1.24', to: '1.26', hop: '1.25' },
    { api: 'storage.k8s.io v1beta1 CSIStorageCapacity', from: '1.26', to: '1.27', hop: '1.27' },
    { api: 'extensions v1beta1 Ingress', from: '1.21', to: '1.22', hop: '1.22' },
    { api: 'apps v1beta1 Deployment', from: '1.15', to: '1.16', hop: '1.16' },
    { api: 'apiextensions.k8s.io v1beta1 CustomResourceDefinition', from: '1.21', to: '1.22', hop: '1.22' },
    { api: 'apiregistration.k8s.io v1beta1 APIService', from: '1.21', to: '1.22', hop: '1.22' },
    { api: 'resource.k8s.io v1alpha3 ResourceClaim', from: '1.33', to: '1.34', hop: '1.34' },
  ])('names the hop that breaks $api from $from to $to', ({ api, from, to, hop }) => {
    expect(fate(api, from, to)).toMatchObject({ state: 'removed', hop });
  });

  it.each([
    // The hop before, an API that stays, a kind that nobody knows.
    { api: 'flowcontrol.apiserver.k8s.io v1 FlowSchema', from: '1.31', to: '1.37' },
    { api: 'apps v1 Deployment', from: '1.29', to: '1.37' },
    { api: 'policy v1 PodDisruptionBudget', from: '1.29', to: '1.37' },
    { api: 'policy v1beta1 Certificate', from: '1.24', to: '1.37' },
    { api: ' v1 Endpoints', from: '1.31', to: '1.32' },
  ])('is silent about $api from $from to $to', ({ api, from, to }) => {
    expect(fate(api, from, to)).toBeUndefined();
  });

  it('tells what is deprecated and still served at the target', () => {
    expect(fate('flowcontrol.apiserver.k8s.io v1beta3 FlowSchema', '1.30', '1.31')).toMatchObject({
      state: 'deprecated',
      lifecycle: { replacement: { version: 'v1' } },
    });
    expect(fate(' v1 Endpoints', '1.32', '1.33')).toMatchObject({
      state: 'deprecated',
      lifecycle: { replacement: { group: 'discovery.k8s.io', version: 'v1', kind: 'EndpointSlice' } },
    });
  });

  it('tells what the cluster does not serve any more as it is, without a hop', () => {
    for (const api of ['extensions v1beta1 Deployment', 'flowcontrol.apiserver.k8s.io v1beta3 FlowSchema']) {
      const gone = fate(api, '1.32', '1.33');
      expect(gone).toMatchObject({ state: 'gone' });
      expect(gone).not.toHaveProperty('hop');
    }
  });

  it('proposes a replacement that is served itself', () => {
    expect(
      fate('flowcontrol.apiserver.k8s.io v1beta2 FlowSchema', '1.28', '1.33')?.lifecycle.replacement,
    ).toEqual({
      group: 'flowcontrol.apiserver.k8s.io',
      version: 'v1',
      kind: 'FlowSchema',
    });
    expect(
      fate('extensions v1beta1 PodSecurityPolicy', '1.15', '1.33')?.lifecycle.replacement,
    ).toBeUndefined();
  });
});

describe('lookUpApis', () => {
  const certificate = { group: 'cert-manager.io', version: 'v1alpha2', kind: 'Certificate' };
  const certManager: ApiLifecycleTable = {
    name: 'cert-manager',
    sources: [],
    upgrade: { from: '1.5', to: '1.8' },
    lifecycles: [{ ...certificate, deprecated: '1.4', removed: '1.6' }],
  };

  it("measures a table with versions of its own by those, and names no hop of Kubernetes'", () => {
    const found = lookUpApis([kubernetesLifecycles, certManager], '1.31', '1.33').fateOf(certificate);
    expect(found).toMatchObject({ state: 'removed', table: { name: 'cert-manager' } });
    expect(found).not.toHaveProperty('hop');
  });

  it('lets a later table correct an earlier one', () => {
    const served: ApiLifecycleTable = {
      name: 'ours',
      sources: [],
      lifecycles: [{ ...certificate, removed: '1.99' }],
    };
    expect(lookUpApis([certManager, served], '1.31', '1.33').fateOf(certificate)).toBeUndefined();
  });
});

it('reads and writes apiVersion as objects have it', () => {
  for (const apiVersion of ['v1', 'apps/v1', 'flowcontrol.apiserver.k8s.io/v1beta3']) {
    expect(apiVersionOf(groupAndVersionOf(apiVersion))).toBe(apiVersion);
  }
});
