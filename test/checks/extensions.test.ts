import { describe, expect, it } from 'vitest';
import type { ObservedExtensions, ObservedWebhook } from '../../src/plan/observedExtensions.ts';
import { findings, found, without } from './findings.ts';

const systemNamespaces = {
  'kube-system': { 'kubernetes.io/metadata.name': 'kube-system' },
  'kube-node-lease': { 'kubernetes.io/metadata.name': 'kube-node-lease' },
};

function extensions(change: Partial<ObservedExtensions>): { extensions: ObservedExtensions } {
  return { extensions: { apiServices: [], webhooks: [], systemNamespaces, storedVersions: [], ...change } };
}

describe('api-services', () => {
  const metrics = { name: 'v1beta1.metrics.k8s.io', service: 'kube-system/metrics-server' };

  it('warns of one that is not available, with the Service behind it', () => {
    const change = extensions({
      apiServices: [{ ...metrics, available: false, reason: 'MissingEndpoints' }],
    });
    expect(found('api-services', change)).toEqual(['warning api-services/APIService/v1beta1.metrics.k8s.io']);
    expect(findings('api-services', change)[0]?.message).toContain('(MissingEndpoints)');
    expect(findings('api-services', change)[0]?.remedy).toContain('kube-system/metrics-server');
  });

  it('is silent of one that is', () => {
    expect(found('api-services', extensions({ apiServices: [{ ...metrics, available: true }] }))).toEqual([]);
  });

  it('does not know when nobody looked', () => {
    expect(found('api-services', without('extensions'))).toEqual([
      'unknown api-services/Observation/extensions',
    ]);
  });
});

describe('stored-versions', () => {
  const crd = { name: 'widgets.example.com', storedVersions: ['v1alpha1', 'v1'], servedVersions: ['v1'] };

  it('warns of a stored version that is not served', () => {
    const change = extensions({ storedVersions: [crd] });
    expect(found('stored-versions', change)).toEqual([
      'warning stored-versions/CustomResourceDefinition/widgets.example.com',
    ]);
    expect(findings('stored-versions', change)[0]?.message).toContain('stored as v1alpha1');
  });

  it('is silent when all are served', () => {
    const served = { ...crd, servedVersions: ['v1', 'v1alpha1'] };
    expect(found('stored-versions', extensions({ storedVersions: [served] }))).toEqual([]);
  });

  it('does not know when nobody looked', () => {
    expect(found('stored-versions', without('extensions'))).toEqual([
      'unknown stored-versions/Observation/extensions',
    ]);
  });
});

describe('webhooks', () => {
  const rule = (resource: string, change: Partial<ObservedWebhook['rules'][number]> = {}) => ({
    groups: ['*'],
    resources: [resource],
    operations: ['*'],
    scope: '*',
    ...change,
  });
  const service = (readyEndpoints: number) => ({
    service: { namespace: 'policy', name: 'kyverno' },
    readyEndpoints,
  });
  const webhook = (change: Partial<ObservedWebhook>): ObservedWebhook => ({
    kind: 'ValidatingWebhookConfiguration',
    configuration: 'kyverno',
    name: 'validate.kyverno.svc',
    failurePolicy: 'Fail',
    rules: [rule('pods')],
    conditional: false,
    target: service(0),
    ...change,
  });
  const notSystem = {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }],
  };
  const ready = service(2);

  it.each<[string, Partial<ObservedWebhook>, string | undefined]>([
    ['nobody answers for Pods', {}, 'blocker'],
    ['nobody answers for evictions', { rules: [rule('pods/eviction')] }, 'blocker'],
    ['nobody answers for all subresources', { rules: [rule('*/*')] }, 'blocker'],
    ['nobody answers for Pods outside kube-system', { namespaceSelector: notSystem }, 'blocker'],
    ['nobody answers for Ingresses', { rules: [rule('ingresses')] }, 'warning'],
    ['nobody answers for updates of Pods', { rules: [rule('pods', { operations: ['UPDATE'] })] }, 'warning'],
    [
      'nobody answers for Pods of another group',
      { rules: [rule('pods', { groups: ['metrics.k8s.io'] })] },
      'warning',
    ],
    [
      'nobody answers for cluster-wide Pods, which there are none of',
      { rules: [rule('pods', { scope: 'Cluster' })] },
      'warning',
    ],
    [
      'nobody answers for Pods with a label',
      { objectSelector: { matchLabels: { inject: 'yes' } } },
      'warning',
    ],
    ['nobody answers under a condition', { conditional: true }, 'warning'],
    ['nobody answers, and it fails open', { failurePolicy: 'Ignore' }, undefined],
    ['it is never called', { rules: [] }, undefined],
    ['it is up, and called for Pods of the system', { target: ready }, 'warning'],
    ['it is up, and leaves kube-system out', { target: ready, namespaceSelector: notSystem }, undefined],
    [
      'it is up, and called for nodes',
      { target: ready, rules: [rule('nodes')], namespaceSelector: notSystem },
      'warning',
    ],
    [
      'it is up, and called for leases',
      { target: ready, rules: [rule('leases')], namespaceSelector: notSystem },
      'warning',
    ],
    ['it is up, and called for Ingresses', { target: ready, rules: [rule('ingresses')] }, undefined],
    ['it is up, and called for evictions only', { target: ready, rules: [rule('pods/eviction')] }, undefined],
    ['it is up, and has conditions', { target: ready, conditional: true }, undefined],
    ['it is outside the cluster', { target: { host: 'hooks.example.com' } }, 'unknown'],
    [
      'it is outside, for Ingresses',
      { target: { host: 'hooks.example.com' }, rules: [rule('ingresses')] },
      undefined,
    ],
    ["it is on the API server's own machine", { target: { host: '127.0.0.1' } }, undefined],
  ])('%s', (_, change, severity) => {
    const all = findings('webhooks', extensions({ webhooks: [webhook(change)] }));
    expect(all.map((finding) => finding.severity)).toEqual(severity === undefined ? [] : [severity]);
  });

  it('says what is refused and who should answer', () => {
    const [finding] = findings('webhooks', extensions({ webhooks: [webhook({})] }));
    expect(finding?.message).toContain('Service policy/kyverno');
    expect(finding?.message).toContain('refuses Pods in kube-system, Pods that it is called for');
    expect(finding?.subject.name).toBe('kyverno/validate.kyverno.svc');
  });

  it('does not know when nobody looked', () => {
    expect(found('webhooks', without('extensions'))).toEqual(['unknown webhooks/Observation/extensions']);
  });
});
