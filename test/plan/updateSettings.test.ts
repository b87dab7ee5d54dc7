import { describe, expect, it } from 'vitest';
import { nodesAtOnce, sameSettings, wantedSettings } from '../../src/plan/updateSettings.ts';
import { nodeGroup, request } from './fixtures.ts';

const wanted = (workers: Record<string, unknown>, group: Parameters<typeof nodeGroup>[1] = {}) =>
  wantedSettings(nodeGroup('blue', group), request({ workers }).workers);

describe('wantedSettings', () => {
  it('is nothing when the request says nothing', () => {
    expect(wanted({})).toBeUndefined();
    expect(wanted({}, { updateSettings: { maxUnavailablePercentage: 30 } })).toBeUndefined();
  });

  it("is nothing when the request says what is the group's own", () => {
    expect(wanted({ maxUnavailable: 1 })).toBeUndefined();
    expect(wanted({ maxUnavailable: 1, updateStrategy: 'DEFAULT' }, { updateSettings: {} })).toBeUndefined();
  });

  it("fills in the group's own for what the request leaves open", () => {
    expect(wanted({ updateStrategy: 'MINIMAL' }, { updateSettings: { maxUnavailable: 3 } })).toEqual({
      maxUnavailable: 3,
      updateStrategy: 'MINIMAL',
    });
  });

  it('replaces a number by a percentage, and the other way round', () => {
    expect(wanted({ maxUnavailablePercentage: 50 })).toEqual({ maxUnavailablePercentage: 50 });
    expect(wanted({ maxUnavailable: 2 }, { updateSettings: { maxUnavailablePercentage: 50 } })).toEqual({
      maxUnavailable: 2,
    });
  });

  it('takes what was noted as the own, not what a terminated upgrade has left', () => {
    const left = { updateSettings: { maxUnavailable: 5 }, noted: { maxUnavailable: 1 } };
    expect(wanted({ maxUnavailable: 5 }, left)).toEqual({ maxUnavailable: 5 });
    expect(wanted({ maxUnavailable: 1 }, left)).toBeUndefined();
  });
});

it('takes settings as the same when EKS does', () => {
  expect(sameSettings({}, { maxUnavailable: 1, updateStrategy: 'DEFAULT' })).toBe(true);
  expect(sameSettings({ maxUnavailable: 1 }, { maxUnavailablePercentage: 1 })).toBe(false);
  expect(sameSettings({ updateStrategy: 'MINIMAL' }, {})).toBe(false);
});

it.each([
  [{}, 10, 1],
  [{ maxUnavailable: 3 }, 10, 3],
  [{ maxUnavailablePercentage: 33 }, 10, 3],
  [{ maxUnavailablePercentage: 10 }, 3, 1],
  [{ maxUnavailablePercentage: 100 }, 5000, 100],
])('with %o of %i nodes %i go at once', (settings, nodes, expected) => {
  expect(nodesAtOnce(settings, nodes)).toBe(expected);
});
