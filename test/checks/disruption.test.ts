import { expect, it } from 'vitest';
import { findings, found, running, without } from './findings.ts';
import type { PodGiven } from './findings.ts';

it.each<[string, Omit<PodGiven, 'name'>, string | undefined, RegExp]>([
  ['a Pod that nothing controls', { pod: { bare: true } }, 'warning', /nothing controls these.*: Pod p\.$/],
  [
    'a grace period beyond what EKS waits',
    { kind: { graceSeconds: 3_600 } },
    'warning',
    /15 minutes.*3600 s/,
  ],
  ['a long grace period', { kind: { graceSeconds: 600 } }, 'info', /long to end.*600 s/],
  ['a usual grace period', { kind: { graceSeconds: 299 } }, undefined, /./],
  [
    'an annotation for autoscalers',
    { kind: { heldBy: ['karpenter.sh/do-not-disrupt=true'] } },
    'warning',
    /a roll moves them all the same: .*do-not-disrupt=true/,
  ],
  ['a single replica', { owner: { wanted: 1 } }, 'info', /single replica.*Deployment p\.$/],
  ['a Job that wants one Pod', { owner: { kind: 'Job', wanted: 1 } }, undefined, /./],
  ['two replicas', { owner: { wanted: 2 } }, undefined, /./],
  ['data on the node', { kind: { localVolumes: ['emptyDir', 'hostPath'] } }, 'info', /emptyDir, hostPath/],
  [
    'a DaemonSet, which stays',
    { pod: { staysOnNode: 'DaemonSet' }, kind: { graceSeconds: 3_600 } },
    undefined,
    /./,
  ],
  ['a node that nobody rolls', { node: 'other', pod: { bare: true } }, undefined, /./],
])('%s', (_, pod, severity, message) => {
  const [finding, ...others] = findings(
    'disruption',
    running([{ name: 'p', ...(pod.pod?.bare === true ? {} : { owner: {} }), ...pod }]),
  );
  expect(others).toEqual([]);
  expect(finding?.severity).toBe(severity);
  if (severity !== undefined) expect(finding?.message).toMatch(message);
});

it('makes one finding of a namespace, however many Pods there are', () => {
  const many = Array.from({ length: 50 }, (_, index) => ({
    name: `p-${index}`,
    pod: { bare: true as const },
  }));
  const all = findings('disruption', running([...many, { name: 'x', namespace: 'y', pod: { bare: true } }]));
  expect(all.map(({ subject }) => subject.name)).toEqual(['shop', 'y']);
  expect(all[0]?.message).toMatch(/and 30 more\.$/);
});

it('does not know without Pods', () => {
  expect(found('disruption', without('workloads'))).toEqual(['unknown disruption/Observation/pods']);
});
