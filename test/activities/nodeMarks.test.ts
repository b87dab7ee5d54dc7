import { describe, expect, it } from 'vitest';
import { nodes } from '../../simulator/cluster/kinds.ts';
import { cordonNote, excludeLabel, holdOffAnnotations } from '../../src/kubernetes/drain/marks.ts';
import { madeBy, startRoll } from './drainRoll.ts';
import type { Roll } from './drainRoll.ts';

const nodesOf = ({ simulator, old }: Roll) =>
  simulator.cluster.store.list(nodes).items.filter(({ metadata }) => old.includes(metadata.name));

/** What of a node is anybody's wish. */
const wishes = (roll: Roll) =>
  nodesOf(roll).map(({ metadata, spec }) => ({
    annotations: metadata.annotations ?? {},
    labels: metadata.labels ?? {},
    unschedulable: spec.unschedulable ?? false,
  }));

describe('marks on nodes', () => {
  it('are made once, and all put back as it was', async () => {
    const roll = await startRoll([]);
    const { run, context, old, simulator } = roll;
    const [theirs = ''] = old;
    simulator.cluster.store.mutate(nodes, undefined, theirs, (node) => ({
      ...node,
      metadata: {
        ...node.metadata,
        annotations: { ...node.metadata.annotations, [holdOffAnnotations[0]]: 'false' },
      },
      spec: { ...node.spec, unschedulable: true },
    }));
    const before = wishes(roll);
    const group = { context, nodeGroup: 'old', madeBy };
    const groups = { context, nodeGroups: ['old'], madeBy };

    expect(await run('holdOffAutoscalers', groups)).toEqual({ annotated: 3 });
    expect(await run('holdOffAutoscalers', groups)).toEqual({ annotated: 0 });
    expect(await run('cordonNodes', { ...group, nodes: old.slice(0, 2) })).toEqual({
      cordoned: 1,
      already: 1,
    });
    expect(await run('cordonNodes', group)).toEqual({ cordoned: 1, already: 2 });
    expect(await run('excludeFromLoadBalancers', { context, nodes: [...old, 'gone'] })).toEqual({
      labelled: 3,
    });
    for (const { metadata, spec } of nodesOf(roll)) {
      expect(spec.unschedulable).toBe(true);
      expect(metadata.labels?.[excludeLabel]).toBe('true');
      for (const key of holdOffAnnotations) expect(metadata.annotations?.[key]).toBe('true');
      expect(metadata.annotations?.[cordonNote]).toBe(metadata.name === theirs ? undefined : madeBy);
    }

    expect(await run('uncordonNodes', { ...group, madeBy: 'somebody else' })).toEqual({ uncordoned: 3 });
    expect(nodesOf(roll).every(({ spec }) => spec.unschedulable)).toBe(true);
    expect(await run('uncordonNodes', group)).toEqual({ uncordoned: 2 });
    expect(await run('releaseAutoscalers', groups)).toEqual({ restored: 3 });
    expect(wishes(roll)).toEqual(before);
  });
});
