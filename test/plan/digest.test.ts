import { describe, expect, it } from 'vitest';
import { digestOf, digestOpening, digestPlan } from '../../src/plan/digest.ts';
import { insight, observe, plan } from './fixtures.ts';

it('is the sha-256 of the canonical JSON', () => {
  // printf '{"a":1,"b":[2,3]}' | sha256sum
  expect(digestOf({ b: [2, 3], a: 1 })).toBe(
    'efbd0040190fb0871831e606c581f8a66db79d8e2bb836745a70051306956070',
  );
});

describe('the digest of a plan', () => {
  const first = plan();

  it('is that of the plan alone', () => {
    expect(first.digest).toBe(digestPlan(first.plan));
    expect(first.hopDigests).toEqual(first.plan.hops.map(digestOf));
  });

  it('does not depend on when the cluster was looked at, nor on evidence or findings', () => {
    const later = observe({
      observedAt: '2026-03-09T10:00:00.000Z',
      insights: [insight('i1')],
      unseen: [{ what: 'nodes', why: 'no', source: 's' }],
    });
    expect(plan(later, {}, { now: new Date('2026-03-09T11:00:00Z') }).digest).toBe(first.digest);
  });

  it('does not depend on the order in which things were observed', () => {
    const observation = observe();
    const reversed = observe({
      nodeGroups: observation.nodeGroups.toReversed(),
      nodes: observation.nodes.toReversed(),
      addons: observation.addons.toReversed(),
      versions: observation.versions.toReversed(),
      addonVersions: Object.fromEntries(
        Object.entries(observation.addonVersions)
          .reverse()
          .map(([name, minors]) => [
            name,
            Object.fromEntries(Object.entries(minors).map(([minor, list]) => [minor, list.toReversed()])),
          ]),
      ),
    });
    expect(plan(reversed)).toEqual(first);
  });

  it('does not depend on the order of overrides', () => {
    const one = plan(observe(), { overrides: ['unseen/Observation/b', 'unseen/Observation/a'] });
    const other = plan(observe(), {
      overrides: ['unseen/Observation/a', 'unseen/Observation/b', 'unseen/Observation/a'],
    });
    expect(one.digest).toBe(other.digest);
    expect(one.digest).not.toBe(first.digest);
  });

  it.each([
    ['the target', observe(), { targetVersion: '1.32' }],
    ['an add-on’s version', observe(), { addons: { versions: { coredns: 'v1.11.4-eksbuild.2' } } }],
    ['how conflicts are resolved', observe(), { addons: { resolveConflicts: 'OVERWRITE' } }],
    ['a skipped group', observe(), { workers: { skip: ['green'] } }],
    ['the order of groups', observe(), { workers: { order: ['green'] } }],
    ['settings for the roll', observe(), { workers: { maxUnavailable: 2 } }],
    ['force', observe(), { controlPlane: { overrideInsights: true } }],
    ['an override', observe(), { overrides: ['insights/Insight/i1'] }],
  ])('changes with %s', (_, observation, fields) => {
    expect(plan(observation, fields).digest).not.toBe(first.digest);
  });
});

describe('the digest of an opening', () => {
  const opening = { planDigest: 'p', gate: 'plan', opening: 1, evidence: ['a', 'b'] } as const;

  it('is the same for the same', () => {
    expect(digestOpening({ ...opening })).toBe(digestOpening(opening));
    expect(digestOpening(opening)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    { planDigest: 'q' },
    { gate: 'hop' as const },
    { hop: '1.32' },
    { opening: 2 },
    { evidence: ['b', 'a'] },
  ])('is another with %o', (change) => {
    expect(digestOpening({ ...opening, ...change })).not.toBe(digestOpening(opening));
  });
});
