import { describe, expect, it } from 'vitest';
import type { PodKind } from '../../src/plan/observedWorkloads.ts';
import { node, nodeGroup, observe, plan } from '../plan/fixtures.ts';

const groupLabel = 'eks.amazonaws.com/nodegroup';

function found(
  check: string,
  workers: Record<string, unknown>,
  placement: Partial<PodKind['placement']> = {},
) {
  const observation = observe({
    nodeGroups: [nodeGroup('blue', { size: { min: 1, max: 9, desired: 4 } }), nodeGroup('green')],
    nodes: [node('blue-1'), node('green-1', { nodeGroup: 'green' })],
    workloads: {
      kinds: [
        {
          placement: { labels: {}, requests: {}, ...placement },
          localVolumes: [],
          graceSeconds: 30,
          heldBy: [],
        },
      ],
      owners: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'web',
          wanted: 2,
          ready: 2,
          well: true,
        },
      ],
      pods: [
        { namespace: 'shop', name: 'web-1', node: 'blue-1', kind: 0, owner: 0, ready: true },
        { namespace: 'shop', name: 'web-2', node: 'blue-1', kind: 0, owner: 0, ready: true },
      ],
      budgets: [],
      nodes: [],
    },
  });
  return plan(observation, { workers }).findings.filter((finding) => finding.check === check);
}

describe('Pods that ask for a node group by its name', () => {
  it.each<[string, Partial<PodKind['placement']>]>([
    ['a node selector', { nodeSelector: { [groupLabel]: 'blue' } }],
    ['an affinity', { nodeAffinity: [{ labels: [{ key: groupLabel, operator: 'In', values: ['blue'] }] }] }],
  ])('by %s stand against replacing it', (_, placement) => {
    for (const strategy of ['surge', 'in-place']) {
      const [finding, ...others] = found('group-names', { strategy }, placement);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ severity: 'blocker', subject: { kind: 'NodeGroup', name: 'blue' } });
      expect(finding?.message).toBe(
        'Pods on node group blue ask for it by the label eks.amazonaws.com/nodegroup, and the group that takes its place is called blue-1-32: Deployment web in namespace shop.',
      );
    }
  });

  it('do not where EKS rolls it, or they ask for something else', () => {
    const placement = { nodeSelector: { [groupLabel]: 'blue' } };
    expect(found('group-names', {}, placement)).toEqual([]);
    const mixed = { strategy: 'surge', groups: { blue: { strategy: 'managed' } } };
    expect(found('group-names', mixed, placement)).toEqual([]);
    expect(found('group-names', { strategy: 'surge' }, { nodeSelector: { disk: 'ssd' } })).toEqual([]);
  });

  it('are unknown where nobody has looked at Pods', () => {
    const { workloads: _, ...unseen } = observe();
    const made = plan(unseen, { workers: { strategy: 'surge' } });
    expect(made.findings.filter(({ check }) => check === 'group-names')).toMatchObject([
      { severity: 'unknown' },
    ]);
  });
});

describe('the capacity that a roll in place costs', () => {
  it('wants a yes of its own, and says how much it is', () => {
    const blue = found('lost-capacity', { strategy: 'in-place', maxParallel: '50%' })[0];
    expect(blue).toMatchObject({ severity: 'blocker', subject: { name: 'blue' } });
    expect(blue?.message).toBe(
      'Rolled in place, node group blue has up to 2 of its 4 nodes (50%) fewer while a wave is replaced.',
    );
    const all = found('lost-capacity', { strategy: 'in-place', maxParallel: '100%', canary: false })[0];
    expect(all?.message).toContain('up to 4 of its 4 nodes (100%)');
    expect(all?.message).toContain('its Pods are down until new nodes are there');
  });

  it('is told all the same once it is accepted', () => {
    const accepted = found('lost-capacity', { strategy: 'in-place', acceptLostCapacity: true });
    expect(accepted.map(({ severity }) => severity)).toEqual(['info', 'info']);
  });

  it('is none of surge', () => {
    expect(found('lost-capacity', { strategy: 'surge' })).toEqual([]);
  });
});
