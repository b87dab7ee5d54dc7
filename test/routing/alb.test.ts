import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import type { ElbApiOptions, ForwardSetup } from '../../elb-api/index.ts';
import type { StepladderError } from '../../src/contract/errors.ts';
import type { RoutingWeights } from '../../src/contract/routing.ts';
import { AlbRouting } from '../../src/routing/alb.ts';
import { AlbConnection } from '../../src/routing/albConnection.ts';
import { region, testPods } from '../elb-api/startTestElb.ts';
import { at, forwardTo, rule, setup, startRouting } from './startTestRouting.ts';

describe('weights', () => {
  it('are described with what they stand on', async () => {
    const { routing, elb } = await startRouting();
    expect(await routing.describe()).toEqual({
      router: `listener rule ${elb.ruleArn} of load balancer shop`,
      weights: at(0),
      greenAttached: false,
      memento: { kind: 'alb', of: elb.ruleArn, targetGroups: [{ arn: elb.group('blue'), weight: 1 }] },
      addresses: [elb.address],
      notes: [],
    });
  });

  it.each<[string, ForwardSetup['to'], RoutingWeights, boolean]>([
    ['one group', [{ targetGroup: 'blue', weight: 1 }], at(0), false],
    ['green alone', [{ targetGroup: 'green', weight: 7 }], at(100), true],
    [
      'other sums',
      [
        { targetGroup: 'blue', weight: 3 },
        { targetGroup: 'green', weight: 1 },
      ],
      at(25),
      true,
    ],
    [
      'the least part there is',
      [
        { targetGroup: 'green', weight: 1 },
        { targetGroup: 'blue', weight: 999 },
      ],
      at(0.1),
      true,
    ],
  ])('are read from %s', async (_, to, weights, greenAttached) => {
    const { routing } = await startRouting({ setup: setup(rule(forwardTo(...to))) });
    expect(await routing.describe()).toMatchObject({ weights, greenAttached });
  });

  it('are set, and attach green before anybody is sent there', async () => {
    const { routing, elb, forward } = await startRouting();
    const [blue, green] = [elb.group('blue'), elb.group('green')];
    expect(await routing.setWeights({ to: at(0) })).toEqual({
      outcome: 'set',
      changed: true,
      before: { kind: 'alb', of: elb.ruleArn, targetGroups: [{ arn: blue, weight: 1 }] },
    });
    expect(forward()).toEqual({
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: blue, Weight: 100 },
          { TargetGroupArn: green, Weight: 0 },
        ],
        TargetGroupStickinessConfig: { Enabled: false },
      },
    });
    await routing.setWeights({ to: at(5), from: [at(0)] });
    expect((await routing.describe()).weights).toEqual(at(5));
  });

  it('that are there already are not written again, whatever their sum is', async () => {
    const groups = [
      { targetGroup: 'blue', weight: 19 },
      { targetGroup: 'green', weight: 1 },
    ];
    const { routing, elb, calls } = await startRouting({ setup: setup(rule(forwardTo(...groups))) });
    expect(await routing.setWeights({ to: at(5), from: [at(0)] })).toMatchObject({ changed: false });
    expect(calls).toEqual(['DescribeRules']);
    expect(elb.journal).toEqual([]);
  });

  it('whose answer was lost are found when they are set once more', async () => {
    let lost = false;
    const { routing, elb } = await startRouting({
      onCall: (operation) => {
        if (operation !== 'ModifyRule' || lost) return undefined;
        lost = true;
        return { kind: 'reset', when: 'after' };
      },
    });
    const wish = { to: at(5), from: [at(0)] };
    await expect(routing.setWeights(wish)).rejects.toMatchObject({ type: 'Unreachable' });
    expect(await routing.setWeights(wish)).toMatchObject({ changed: false });
    expect(elb.journal).toHaveLength(1);
  });

  it('that somebody else has set are left alone', async () => {
    const { routing, elb } = await startRouting();
    await routing.setWeights({ to: at(50) });
    await expect(routing.setWeights({ to: at(25), from: [at(5), at(0)] })).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringMatching(
        /are blue 50, green 50, and blue 95, green 5 or blue 100, green 0 was expected: somebody has changed them/,
      ),
      details: { reason: 'changed', weights: at(50) },
    });
    expect(elb.journal).toHaveLength(1);
  });

  it.each(['listener', 'default rule'] as const)('are set on a %s through the listener', async (through) => {
    const actions = [forwardTo({ targetGroup: 'blue', weight: 1 })];
    const { routing, elb, forward, calls } = await startRouting({
      setup: setup({ rules: [], defaultActions: actions }),
      through,
    });
    const before = forward();
    const change = await routing.setWeights({ to: at(25) });
    expect(calls.at(-1)).toBe('ModifyListener');
    expect((await routing.describe()).weights).toEqual(at(25));
    if (change.outcome !== 'set') throw new Error('it was not set');
    expect(change.before).toMatchObject({ of: elb.listenerArn });
    await routing.restore(change.before);
    expect(forward()).toEqual(before);
  });
});

describe('what there was', () => {
  it('is put back exactly, with its stickiness and the actions before it', async () => {
    const oidc = { Issuer: 'https://id.example.com', ClientId: 'shop' };
    const sticky: ForwardSetup = {
      ...forwardTo({ targetGroup: 'blue', weight: 7 }),
      stickySeconds: 300,
      order: 2,
    };
    const { routing, elb } = await startRouting({
      setup: setup({
        rules: [
          {
            priority: 10,
            actions: [{ Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: oidc }, sticky],
          },
        ],
      }),
    });
    const { actions: original } = structuredClone(elb.api.store.findRule(elb.ruleArn));
    const change = await routing.setWeights({ to: at(50) });
    const set = elb.api.store.findRule(elb.ruleArn).actions;
    expect(set[0]).toEqual(original[0]);
    expect(set[1]).toMatchObject({
      Order: 2,
      ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 300 } },
    });
    if (change.outcome !== 'set') throw new Error('it was not set');
    const { before } = change;
    // As it comes back from a workflow's history.
    const recorded = JSON.parse(JSON.stringify(before)) as typeof before;
    expect(await routing.restore(recorded)).toMatchObject({ changed: true });
    expect(elb.api.store.findRule(elb.ruleArn).actions).toEqual(original);
    expect(await routing.restore(recorded)).toMatchObject({ changed: false });
    expect(elb.journal).toHaveLength(2);
  });

  it('is put back where only its stickiness has been changed', async () => {
    const sticky = { ...forwardTo({ targetGroup: 'blue', weight: 1 }), stickySeconds: 300 };
    const { routing, elb } = await startRouting({ setup: setup(rule(sticky)) });
    const [blue, of] = [elb.group('blue'), elb.ruleArn];
    const before = { kind: 'alb' as const, of, targetGroups: [{ arn: blue, weight: 1 }] };
    expect(await routing.restore({ ...before, stickySeconds: 300 })).toMatchObject({ changed: false });
    expect(await routing.restore(before)).toMatchObject({ changed: true, before: { stickySeconds: 300 } });
    expect((await routing.describe()).notes).toEqual([]);
  });

  it('of another rule is not put here', async () => {
    const { routing, elb } = await startRouting();
    for (const before of [
      { kind: 'alb' as const, of: 'arn:x', targetGroups: [] },
      { kind: 'manual' as const },
    ]) {
      await expect(routing.restore(before)).rejects.toMatchObject({ type: 'InvalidInput' });
    }
    expect(elb.journal).toEqual([]);
  });
});

describe('the health of both sides', () => {
  it('is known from the moment that green is attached', async () => {
    const { routing, elb } = await startRouting();
    const pods = { blue: await testPods('blue'), green: await testPods('green') };
    for (const [name, { address }] of Object.entries(pods)) {
      const Targets = [{ Id: address.id, Port: address.port }];
      await elb.client.send(new RegisterTargetsCommand({ TargetGroupArn: elb.group(name), Targets }));
    }
    const known = { state: 'known', healthy: 0, unhealthy: 0, starting: 0, leaving: 0 };
    expect(await routing.health()).toEqual({
      blue: { ...known, starting: 1 },
      green: {
        state: 'unknown',
        why: expect.stringMatching(
          /^The load balancer says of target 127\.0\.0\.1:\d+ only that it is unused/,
        ),
      },
    });
    await routing.setWeights({ to: at(0) });
    pods.green.ready = 0;
    await elb.api.checkTargets();
    await elb.api.checkTargets();
    expect(await routing.health()).toEqual({
      blue: { ...known, healthy: 1 },
      green: { ...known, unhealthy: 1 },
    });
  });
});

describe('a load balancer that refuses', () => {
  it.each<[string, Partial<ElbApiOptions>, Partial<StepladderError>]>([
    [
      'what is not allowed',
      { isDenied: (operation) => operation === 'ModifyRule' },
      {
        type: 'CredentialsRefused',
        message: expect.stringMatching(/Allow them elasticloadbalancing:ModifyRule/) as string,
      },
    ],
    [
      'to be asked so often',
      {
        onCall: (operation) =>
          operation === 'ModifyRule'
            ? { kind: 'status', code: 429, reason: 'x', message: 'Rate exceeded' }
            : undefined,
      },
      { type: 'Throttled' },
    ],
    [
      'by a failure of its own',
      { onCall: () => ({ kind: 'status', code: 503, reason: 'x', message: 'later' }) },
      { type: 'ServerError' },
    ],
  ])('%s gives an error of that kind, and the rule stays', async (_, options, error) => {
    const { routing, forward } = await startRouting(options);
    const before = forward();
    await expect(routing.setWeights({ to: at(5) })).rejects.toMatchObject(error);
    expect(forward()).toBe(before);
  });

  it('a rule that is not there is named', async () => {
    const { elb } = await startRouting();
    const gone = elb.ruleArn.replace(/.{4}$/, '0000');
    const routing = new AlbRouting(new AlbConnection({ region }), {
      rule: gone,
      blue: elb.group('blue'),
      green: elb.group('green'),
    });
    await expect(routing.describe()).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringContaining(`Elastic Load Balancing does not find listener rule ${gone}`),
      details: { reason: 'not-found' },
    });
  });

  it('stops asking when it is told to', async () => {
    const { routing } = await startRouting();
    const reason = new Error('stop');
    await expect(routing.describe(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
