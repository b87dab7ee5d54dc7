import { afterEach, describe, expect, test } from 'vitest';
import { FastClock } from '../../simulator/cluster/clock.ts';
import type { FaultSettingsInput } from '../../scenario/faultsSchema.ts';
import { faultsSchema } from '../../scenario/faultsSchema.ts';
import { matchesPattern, SimulatedFaults } from '../../simulator/cluster/faults.ts';

let clock = new FastClock();
afterEach(() => clock.close());

function faultsWith(settings: FaultSettingsInput, seed = 1): SimulatedFaults {
  clock = new FastClock(1000);
  return new SimulatedFaults({ clock, seed, settings: faultsSchema.parse(settings) });
}
const calls = (faults: SimulatedFaults, count: number, operation = 'list pods'): (string | undefined)[] =>
  Array.from({ length: count }, () => faults.onCall('kubernetes', operation)?.kind);

describe('faults of calls', () => {
  test('answer in the words of the API that they befall', () => {
    const faults = faultsWith({ calls: [{ kind: 'throttle' }] });
    expect(faults.onCall('eks', 'DescribeCluster')).toEqual({
      kind: 'status',
      code: 429,
      reason: 'ThrottlingException',
      message: 'Rate exceeded',
    });
    expect(faults.onCall('kubernetes', 'list pods')).toMatchObject({ code: 429, reason: 'TooManyRequests' });
  });

  test.each([
    ['server-error', { kind: 'status', code: 500, reason: 'InternalError' }],
    ['unavailable', { kind: 'status', code: 503, reason: 'ServiceUnavailable' }],
    ['reset', { kind: 'reset' }],
  ] as const)('%s', (kind, expected) => {
    expect(faultsWith({ calls: [{ kind }] }).onCall('kubernetes', 'get nodes')).toMatchObject(expected);
  });

  test('can be of one surface and one operation', () => {
    const faults = faultsWith({ calls: [{ kind: 'reset', surface: 'eks', operation: 'Update*' }] });
    expect(faults.onCall('eks', 'UpdateAddon')).toEqual({ kind: 'reset' });
    expect(faults.onCall('eks', 'DescribeUpdate')).toBeUndefined();
    expect(faults.onCall('kubernetes', 'Update*')).toBeUndefined();
  });

  test('dropping befalls watches only', () => {
    const faults = faultsWith({ calls: [{ kind: 'drop-watch' }] });
    expect(faults.onCall('kubernetes', 'watch pods')).toEqual({ kind: 'drop-watch' });
    expect(faults.onCall('kubernetes', 'list pods')).toBeUndefined();
    expect(faults.onCall('eks', 'watch')).toBeUndefined();
  });

  test('can begin after so many calls and end after so many hits', () => {
    const faults = faultsWith({
      calls: [{ kind: 'reset', operation: 'list pods', afterCalls: 2, count: 3 }],
    });
    faults.onCall('kubernetes', 'get pods');
    expect(calls(faults, 7)).toEqual([undefined, undefined, 'reset', 'reset', 'reset', undefined, undefined]);
  });

  test('come at their rate, the same for the same seed, whatever other rules there are', () => {
    const rule = { kind: 'reset' as const, rate: 0.1 };
    const first = calls(faultsWith({ calls: [rule] }), 2_000);
    const hits = first.filter((kind) => kind === 'reset').length;
    expect(hits).toBeGreaterThan(140);
    expect(hits).toBeLessThan(260);
    expect(calls(faultsWith({ calls: [rule] }), 2_000)).toEqual(first);
    expect(calls(faultsWith({ calls: [rule] }, 2), 2_000)).not.toEqual(first);
    const more = faultsWith({ calls: [rule, { kind: 'throttle', operation: 'nothing', rate: 0.5 }] });
    expect(calls(more, 2_000)).toEqual(first);
  });

  test('can be turned on and off while it runs', () => {
    const faults = faultsWith({});
    const off = faults.turnOn({ calls: [{ kind: 'reset' }] });
    const other = faults.turnOn({ calls: [{ kind: 'throttle', operation: 'get *' }] });
    expect(faults.onCall('kubernetes', 'get pods')).toEqual({ kind: 'reset' });
    off();
    expect(faults.onCall('kubernetes', 'get pods')).toMatchObject({ code: 429 });
    expect(faults.onCall('kubernetes', 'list pods')).toBeUndefined();
    other();
    faults.turnOn({ calls: [{ kind: 'reset' }] });
    faults.clear();
    expect(faults.onCall('kubernetes', 'get pods')).toBeUndefined();
    expect(() => faults.turnOn({ calls: [{ kind: 'reset', rate: 2 }] })).toThrow();
  });
});

describe('other faults', () => {
  test('updates fail with their code as often as told', () => {
    const faults = faultsWith({
      updates: [{ kind: 'NodegroupVersionUpdate', name: 'blue', code: 'NodeCreationFailure', count: 1 }],
    });
    expect(faults.updateError('NodegroupVersionUpdate', 'green')).toBeUndefined();
    expect(faults.updateError('VersionUpdate', 'blue')).toBeUndefined();
    expect(faults.updateError('NodegroupVersionUpdate', 'blue')).toEqual({
      code: 'NodeCreationFailure',
      message: 'NodegroupVersionUpdate of blue failed: NodeCreationFailure',
    });
    expect(faults.updateError('NodegroupVersionUpdate', 'blue')).toBeUndefined();
  });

  test('credentials are refused for a time, or until they are mended', async () => {
    const faults = faultsWith({ credentials: [{ fromSeconds: 60, toSeconds: 600 }] });
    expect(faults.credentialsRefused()).toBe(false);
    await clock.sleep(61_000);
    expect(faults.credentialsRefused()).toBe(true);
    await clock.sleep(600_000);
    expect(faults.credentialsRefused()).toBe(false);
    faults.refuseCredentials(true);
    expect(faults.credentialsRefused()).toBe(true);
    faults.refuseCredentials(false);
    expect(faults.credentialsRefused()).toBe(false);
  });

  test('an API server that is down resets every call and cuts every watch', () => {
    const faults = faultsWith({});
    let cut = 0;
    const stop = faults.onWatchCut(() => (cut += 1));
    faults.setApiServerDown(true);
    expect(faults.onCall('kubernetes', 'get pods')).toEqual({ kind: 'reset' });
    expect(faults.onCall('eks', 'DescribeCluster')).toBeUndefined();
    faults.setApiServerDown(false);
    expect(faults.onCall('kubernetes', 'get pods')).toBeUndefined();
    expect(cut).toBe(1);
    stop();
    faults.cutWatches();
    expect(cut).toBe(1);
  });

  test.each([
    ['UpdateAddon', 'UpdateAddon', true],
    ['Update*', 'UpdateAddon', true],
    ['*pods', 'list pods', true],
    ['shop/*:1.0', 'shop/cart:1.0', true],
    ['shop/*:1.0', 'shop/cart:1x0', false],
    ['list', 'list pods', false],
  ])('the pattern %s and %s', (pattern, text, expected) =>
    expect(matchesPattern(pattern, text)).toBe(expected),
  );
});

describe('faults of Pods', () => {
  const pod = (uid: string, more: object = {}) => ({
    namespace: 'shop',
    name: `web-${uid}`,
    uid,
    nodeGroup: 'new',
    ...more,
  });

  test('can be of a namespace, a name and the node group that a Pod is on', () => {
    const faults = faultsWith({
      pods: [{ kind: 'never-ready', namespace: 'shop', name: 'web-*', nodeGroup: 'new' }],
    });
    expect(faults.isNeverReady(pod('1'))).toBe(true);
    expect(faults.isNeverReady(pod('2', { namespace: 'other' }))).toBe(false);
    expect(faults.isNeverReady(pod('2', { name: 'cart-2' }))).toBe(false);
    expect(faults.isNeverReady(pod('2', { nodeGroup: 'old' }))).toBe(false);
  });

  test('stay with the Pods that they have hit, and hit no more than they should', () => {
    const faults = faultsWith({});
    const off = faults.turnOn({ pods: [{ kind: 'never-ready', count: 1 }] });
    expect(['1', '2', '1'].map((uid) => faults.isNeverReady(pod(uid)))).toEqual([true, false, true]);
    off();
    expect(faults.isNeverReady(pod('1'))).toBe(false);
  });
});
