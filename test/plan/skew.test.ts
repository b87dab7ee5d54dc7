import { describe, expect, it } from 'vitest';
import {
  apiServerSkew,
  controllerSkew,
  kubeletSkew,
  kubeProxyKubeletSkew,
  kubeProxySkew,
} from '../../src/plan/skew.ts';

const minors = Array.from({ length: 20 }, (_, index) => 18 + index);
const component = (name: string, minor: number) => ({ name, version: `1.${minor}` });
const servers = (...of: number[]) => of.map((minor) => component('kube-apiserver', minor));

/** Every version against every pair of API servers (equal or one apart), each with what the policy says written out. */
const pairs = minors.flatMap((minor) => [[minor], [minor, minor], [minor, minor + 1], [minor + 1, minor]]);

describe('kube-apiservers', () => {
  it('are within one minor of each other', () => {
    for (const left of minors) {
      for (const right of minors) {
        expect(apiServerSkew(servers(left, right)).length, `${left} and ${right}`).toBe(
          Math.abs(left - right) <= 1 ? 0 : 1,
        );
      }
    }
  });

  it('are judged by the newest and the oldest of many', () => {
    expect(apiServerSkew(servers(31, 32, 33))[0]?.message).toContain(
      '2 minors newer than kube-apiserver at 1.31',
    );
  });

  it('say nothing when none is known', () => {
    expect(apiServerSkew([])).toEqual([]);
    expect(kubeletSkew(component('kubelet', 31), [])).toEqual([]);
  });
});

describe.each(['kube-controller-manager', 'kube-scheduler', 'cloud-controller-manager'])('%s', (name) => {
  it('is never newer than an API server and at most one minor older', () => {
    for (const pair of pairs) {
      for (const minor of minors) {
        const allowed = minor <= Math.min(...pair) && minor >= Math.max(...pair) - 1;
        expect(
          controllerSkew(component(name, minor), servers(...pair)).length,
          `${minor} to ${pair.join()}`,
        ).toBe(allowed ? 0 : 1);
      }
    }
  });
});

describe.each([
  ['kubelet', kubeletSkew],
  ['kube-proxy', kubeProxySkew],
])('%s', (name, skew) => {
  it('is never newer than an API server and at most three minors older, two before 1.25', () => {
    for (const pair of pairs) {
      for (const minor of minors) {
        const behind = minor < 25 ? 2 : 3;
        const allowed = minor <= Math.min(...pair) && minor >= Math.max(...pair) - behind;
        expect(skew(component(name, minor), servers(...pair)).length, `${minor} to ${pair.join()}`).toBe(
          allowed ? 0 : 1,
        );
      }
    }
  });
});

describe('kubelet under a stricter setting', () => {
  it.each([
    [0, 33, true],
    [0, 32, false],
    [1, 32, true],
    [1, 31, false],
    [2, 31, true],
    [2, 30, false],
    [3, 30, true],
    [3, 29, false],
  ])('with maxSkew %i a kubelet at 1.%i beside 1.33 is allowed: %s', (maxSkew, minor, allowed) => {
    expect(kubeletSkew(component('kubelet', minor), servers(33), maxSkew).length).toBe(allowed ? 0 : 1);
  });

  it('never makes the policy wider', () => {
    expect(kubeletSkew(component('kubelet', 24), servers(27), 3)).toHaveLength(1);
    expect(kubeletSkew(component('kubelet', 29), servers(33), 9)).toHaveLength(1);
  });
});

describe('kube-proxy and the kubelet beside it', () => {
  it('are at most three minors apart either way, two when kube-proxy is older than 1.25', () => {
    for (const proxy of minors) {
      for (const kubelet of minors) {
        const found = kubeProxyKubeletSkew(component('kube-proxy', proxy), component('kubelet', kubelet));
        expect(found.length, `${proxy} beside ${kubelet}`).toBe(
          Math.abs(proxy - kubelet) <= (proxy < 25 ? 2 : 3) ? 0 : 1,
        );
      }
    }
  });
});

it('names both components, both versions and the rule', () => {
  expect(kubeletSkew(component('kubelet of node group blue', 29), servers(33))).toEqual([
    {
      component: 'kubelet of node group blue',
      version: '1.29',
      against: 'kube-apiserver',
      againstVersion: '1.33',
      rule: 'it is at most 3 minors older than kube-apiserver',
      message:
        'kubelet of node group blue at 1.29 would be 4 minors older than kube-apiserver at 1.33; by the version-skew policy it is at most 3 minors older than kube-apiserver',
    },
  ]);
  expect(kubeProxySkew(component('kube-proxy', 34), servers(33))[0]?.message).toBe(
    'kube-proxy at 1.34 would be one minor newer than kube-apiserver at 1.33; by the version-skew policy it is never newer than any kube-apiserver that it talks to',
  );
});
