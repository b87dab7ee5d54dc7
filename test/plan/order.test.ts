import { expect, it } from 'vitest';
import { orderAddons, orderNodeGroups } from '../../src/plan/order.ts';

it('upgrades coredns, kube-proxy and vpc-cni before the other add-ons', () => {
  expect(orderAddons(['vpc-cni', 'aws-ebs-csi-driver', 'kube-proxy', 'zot', 'coredns'])).toEqual([
    'coredns',
    'kube-proxy',
    'vpc-cni',
    'aws-ebs-csi-driver',
    'zot',
  ]);
});

it('passes over those that are not installed', () => {
  expect(orderAddons(['zot', 'vpc-cni'])).toEqual(['vpc-cni', 'zot']);
});

it("rolls node groups in the request's order, and then by name", () => {
  expect(orderNodeGroups(['a', 'B', 'c', 'd'], ['d', 'gone', 'c', 'd'])).toEqual(['d', 'c', 'B', 'a']);
});

it('gives the same order whatever it is given', () => {
  expect(orderNodeGroups(['c', 'a', 'b', 'a'], [])).toEqual(['a', 'b', 'c']);
});
