import { describe, expect, it } from 'vitest';
import { openingActivities } from '../../src/activities/openings.ts';

const activities = openingActivities();

describe('what is computed and recorded', () => {
  it('is a request with its defaults, or every problem of it', async () => {
    const input = { cluster: { name: 'demo' }, targetVersion: '1.33' };
    const request = await activities.readRequest({ workflowType: 'upgradeCluster', request: input });
    expect(request).toMatchObject({ ...input, workers: { strategy: 'managed' } });
    await expect(
      activities.readRequest({ workflowType: 'upgradeCluster', request: { cluster: {}, colour: 1 } }),
    ).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(/cluster\.name[^]*targetVersion[^]*colour/),
    });
  });

  it('is a digest that goes with everything that was shown', async () => {
    const opening = { planDigest: 'p', gate: 'hop', hop: '1.32', opening: 1, evidence: ['a'] } as const;
    const digests = await Promise.all(
      [
        opening,
        opening,
        { ...opening, opening: 2 },
        { ...opening, gate: 'workers' as const },
        { ...opening, evidence: ['b'] },
      ].map((each) => activities.digestOpening({ ...each, evidence: [...each.evidence] })),
    );
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(4);
    expect(digests[0]).toEqual(digests[1]);
    expect(digests[0]!.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is when changes may start', async () => {
    const window = { days: ['Mon' as const], from: '22:00', to: '02:00', timeZone: 'Asia/Tokyo' };
    const at = (text: string) => activities.nextWindow({ window, at: text });
    expect(await at('2026-05-04T14:00:00Z')).toMatchObject({ waitMs: 0 });
    expect(await at('2026-05-04T12:30:00Z')).toMatchObject({ waitMs: 30 * 60_000 });
  });
});
