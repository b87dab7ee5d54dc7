import { expect, it, test } from 'vitest';
import { copyPhases, inCopyOrder, phaseOf } from '../../../src/kubernetes/copying/order.ts';
import type { CopiedKind } from '../../../src/kubernetes/copying/objectFacts.ts';
import { resourceName } from '../../../src/kubernetes/inventoryEntry.ts';

function kindOf(name: string): CopiedKind {
  const [resource = '', ...group] = name.split('.');
  return { group: group.join('.'), resource, kind: resource, namespaced: true };
}

test.each([
  ['customresourcedefinitions.apiextensions.k8s.io', 'namespaces'],
  ['namespaces', 'serviceaccounts'],
  ['storageclasses.storage.k8s.io', 'persistentvolumeclaims'],
  ['persistentvolumes', 'persistentvolumeclaims'],
  ['serviceaccounts', 'rolebindings.rbac.authorization.k8s.io'],
  ['roles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io'],
  ['prioritylevelconfigurations.flowcontrol.apiserver.k8s.io', 'flowschemas.flowcontrol.apiserver.k8s.io'],
  ['secrets', 'deployments.apps'],
  ['limitranges', 'deployments.apps'],
  ['persistentvolumeclaims', 'statefulsets.apps'],
  ['services', 'statefulsets.apps'],
  ['networkpolicies.networking.k8s.io', 'deployments.apps'],
  ['poddisruptionbudgets.policy', 'deployments.apps'],
  ['horizontalpodautoscalers.autoscaling', 'deployments.apps'],
  ['promotions.shop.example.com', 'deployments.apps'],
  ['deployments.apps', 'resourcequotas'],
  ['deployments.apps', 'ingresses.networking.k8s.io'],
  ['services', 'httproutes.gateway.networking.k8s.io'],
  ['ingresses.networking.k8s.io', 'validatingwebhookconfigurations.admissionregistration.k8s.io'],
  ['deployments.apps', 'apiservices.apiregistration.k8s.io'],
])('%s come before %s', (first, second) => {
  const ordered = [...inCopyOrder([kindOf(second), kindOf(first)]).values()].flat().map(resourceName);
  expect(ordered).toEqual([first, second]);
});

it('has every phase, in order, and every kind in one of them', () => {
  const kinds = ['pods', 'configmaps', 'promotions.shop.example.com'].map(kindOf);
  const phases = inCopyOrder(kinds);
  expect([...phases.keys()]).toEqual([...copyPhases]);
  expect([...phases.values()].flat()).toHaveLength(3);
  expect(phaseOf(kindOf('promotions.shop.example.com'))).toBe('custom');
});
