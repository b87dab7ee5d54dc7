import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it, vi, onTestFinished } from 'vitest';
import type { ElbApiOptions, ElbSetup, ForwardSetup, LoadBalancerSetup } from '../../elb-api/index.ts';
import type { StepladderError } from '../../src/contract/errors.ts';
import type { RoutingWeights } from '../../src/contract/routing.ts';
import { AlbRouting } from '../../src/routing/alb.ts';
import { AlbConnection } from '../../src/routing/albConnection.ts';
import { accessKey, exampleSetup, region, startTestElb, testPods } from '../elb-api/startTestElb.ts';
import type { TestElb } from '../elb-api/startTestElb.ts';

const at = (green: number): RoutingWeights => ({ blue: 100 - green, green });

interface TestRouting {
  elb: TestElb;
  routing: AlbRouting;
  /** The forward action of the rule, as it stands. */
  forward: () => unknown;
  /** Names of the operations that were called, in order. */
  calls: string[];
}

async function startRouting(
  options: Partial<ElbApiOptions> & { through?: 'rule' | 'listener' | 'default rule' } = {},
): Promise<TestRouting> {
  const { through = 'rule', ...apiOptions } = options;
  const calls: string[] = [];
  const elb = await startTestElb({
    ...apiOptions,
    onCall: (operation) => {
      calls.push(operation);
      return options.onCall?.(operation);
    },
  });
  vi.stubEnv('AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2', elb.api.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKey.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', accessKey.secretAccessKey);
  onTestFinished(() => void vi.unstubAllEnvs());
  const connection = new AlbConnection({ region }, { maxAttempts: 1 });
  const { store } = elb.api;
  const rule = through === 'rule' ? store.findRule(elb.ruleArn) : store.defaultRuleOf(elb.listenerArn);
  const routing = new AlbRouting(connection, {
    ...(through === 'listener' ? { listener: elb.listenerArn } : { rule: rule.arn }),
    blue: elb.group('blue'),
    green: elb.group('green'),
  });
  return {
    elb,
    routing,
    calls,
    forward: () => rule.actions.find(({ Type }) => Type === 'forward'),
  };
}

const forwardTo = (...to: ForwardSetup['to']): ForwardSetup => ({ Type: 'forward', to });

/** The example with another listener, or another load balancer around it. */
function setup(
  change: Partial<LoadBalancerSetup['listeners'][number]>,
  around: Partial<LoadBalancerSetup> = {},
  more: Partial<ElbSetup> = {},
): ElbSetup {
  const example = exampleSetup();
  const [loadBalancer] = example.loadBalancers;
  const [listener] = loadBalancer!.listeners;
  return {
    ...example,
    loadBalancers: [{ ...loadBalancer!, listeners: [{ ...listener!, ...change }], ...around }],
    ...more,
  };
}

const rule = (...actions: (ForwardSetup | { Type: 'redirect' })[]) => ({
  rules: [{ priority: 10, paths: ['/*'], actions }],
});

describe('weights', () => {
  it('are described with what they stand on', async () => {
    const { routing, elb } = await startRouting();
    expect(await routing.describe()).toEqual({
      router: `listener rule ${elb.ruleArn} of load balancer shop`,
      weights: at(0),
      greenAttached: false,
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

const tag = { 'elbv2.k8s.aws/cluster': 'prod' };
const twoGroups = [
  { targetGroup: 'blue', weight: 1 },
  { targetGroup: 'red', weight: 0 },
];
const withRed = { targetGroups: [{ name: 'blue' }, { name: 'green' }, { name: 'red' }] };
const blueOnly = [forwardTo({ targetGroup: 'blue', weight: 1 })];

describe('a blocker', () => {
  it.each<[string, ElbSetup, RegExp, RegExp]>([
    [
      'a rule of a cluster’s controller',
      setup({ rules: [{ priority: 10, actions: blueOnly, tags: tag }] }),
      /The rule belongs to the AWS Load Balancer Controller of cluster prod/,
      /TargetGroupBinding/,
    ],
    ['a listener of one', setup({ tags: tag }), /The listener belongs to .* cluster prod/, /manual/],
    ['a load balancer of one', setup({}, { tags: tag }), /The load balancer belongs to .* prod/, /manual/],
    ['no forward', setup(rule({ Type: 'redirect' })), /forwards to no target group/, /Name the rule/],
    [
      'a third target group',
      setup(rule(forwardTo(...twoGroups)), {}, withRed),
      /forwards to arn:.*targetgroup\/red\/.* as well/,
      /Take them out/,
    ],
    [
      'weights of 0',
      setup(rule(forwardTo({ targetGroup: 'blue', weight: 0 }))),
      /sends nobody anywhere/,
      /weight again/,
    ],
    [
      'green in another VPC',
      setup({}, {}, { targetGroups: [{ name: 'blue' }, { name: 'green', vpcId: 'vpc-2' }] }),
      /Target group green is in vpc-2/,
      /VPC/,
    ],
    ['a Network Load Balancer', setup({}, { type: 'network' }), /of type network/, /manual/],
    ['a load balancer that is not up', setup({}, { state: 'provisioning' }), /is provisioning/, /Wait/],
  ])('is %s, and nothing is changed', async (_, blocked, message, remedy) => {
    const { routing, elb } = await startRouting({ setup: blocked });
    const { notes } = await routing.describe();
    expect(notes).toEqual([
      {
        severity: 'blocker',
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      },
    ]);
    await expect(routing.setWeights({ to: at(5) })).rejects.toMatchObject({ type: 'PlatformRefused' });
    expect(elb.journal).toEqual([]);
  });

  it('is green with another load balancer', async () => {
    const { loadBalancers } = exampleSetup();
    const other = {
      name: 'other',
      listeners: [{ defaultActions: [forwardTo({ targetGroup: 'green', weight: 1 })] }],
    };
    const { routing } = await startRouting({
      setup: exampleSetup({ loadBalancers: [...loadBalancers, other] }),
    });
    expect((await routing.describe()).notes).toEqual([
      expect.objectContaining({
        severity: 'blocker',
        message: expect.stringMatching(/green is used by load balancer arn:.*\/other\//),
      }),
    ]);
  });

  it('does not bar the way back to blue', async () => {
    const { routing, elb } = await startRouting();
    await routing.setWeights({ to: at(50) });
    elb.api.store.tags.get(elb.ruleArn)?.set('elbv2.k8s.aws/cluster', 'prod');
    await expect(routing.setWeights({ to: at(100) })).rejects.toMatchObject({ type: 'PlatformRefused' });
    expect(await routing.setWeights({ to: at(0) })).toMatchObject({ changed: true });
  });
});

describe('a warning', () => {
  it.each<[string, ElbSetup, RegExp]>([
    [
      'that users stay with a group',
      setup(rule({ ...forwardTo({ targetGroup: 'blue', weight: 1 }), stickySeconds: 600 })),
      /for 600 s/,
    ],
    [
      'that other rules go to blue',
      setup({ defaultActions: blueOnly }),
      /Another rule forwards to the old cluster as well/,
    ],
    [
      'that a controller may delete a target group',
      setup({}, {}, { targetGroups: [{ name: 'blue', tags: tag }, { name: 'green' }] }),
      /Target group blue belongs to .* prod: it goes when/,
    ],
    ['that the load balancer is impaired', setup({}, { state: 'active_impaired' }), /is active_impaired/],
    [
      'that blue is out of the rule',
      setup(rule(forwardTo({ targetGroup: 'green', weight: 1 }))),
      /does not forward to the old cluster/,
    ],
  ])('is %s, and bars nothing', async (_, state, message) => {
    const { routing } = await startRouting({ setup: state });
    expect((await routing.describe()).notes).toEqual([
      expect.objectContaining({ severity: 'warning', message: expect.stringMatching(message) }),
    ]);
    expect(await routing.setWeights({ to: at(50) })).toMatchObject({ outcome: 'set' });
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
