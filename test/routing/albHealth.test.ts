import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { readTargetHealth } from '../../src/routing/albHealth.ts';

type State = NonNullable<TargetHealthDescription['TargetHealth']>['State'];
const targets = (...states: State[]): TargetHealthDescription[] =>
  states.map((State) => ({
    Target: { Id: '10.0.0.1', Port: 8080 },
    ...(State === undefined ? {} : { TargetHealth: { State } }),
  }));
const known = { state: 'known', healthy: 0, unhealthy: 0, starting: 0, leaving: 0 };

describe('the health of targets', () => {
  it.each<[State[], object]>([
    [[], known],
    [['healthy', 'healthy', 'unhealthy'], { ...known, healthy: 2, unhealthy: 1 }],
    [['initial', 'healthy'], { ...known, healthy: 1, starting: 1 }],
    [['draining', 'unhealthy.draining'], { ...known, leaving: 2 }],
  ])('%j is counted', (states, expected) => {
    expect(readTargetHealth(targets(...states))).toEqual(expected);
  });

  it.each<State | undefined>(['unused', 'unavailable', undefined])('%s says nothing of any', (state) => {
    expect(readTargetHealth(targets('healthy', state, 'healthy'))).toEqual({
      state: 'unknown',
      why: `The load balancer says of target 10.0.0.1:8080 only that it is ${state ?? 'there'}.`,
    });
  });

  it('that is unknown is given with its reason', () => {
    const [first] = targets('unavailable');
    const Reason = 'Target.HealthCheckDisabled' as const;
    const health = readTargetHealth([{ ...first, TargetHealth: { State: 'unavailable', Reason } }]);
    expect(health).toMatchObject({ why: expect.stringContaining('(Target.HealthCheckDisabled)') });
  });
});
