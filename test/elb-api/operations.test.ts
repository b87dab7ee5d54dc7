import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  DescribeAccountLimitsCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { onlyVpc } from '../../elb-api/setup.ts';
import { refusal } from '../eks-api/startTestApi.ts';
import { exampleSetup, startTestElb, testPods } from './startTestElb.ts';
import type { TestElb } from './startTestElb.ts';

const weights = (elb: TestElb, blue: number, green: number): Action[] => [
  {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: elb.group('blue'), Weight: blue },
        { TargetGroupArn: elb.group('green'), Weight: green },
      ],
    },
  },
];

const rulesOf = async (elb: TestElb) =>
  (await elb.client.send(new DescribeRulesCommand({ ListenerArn: elb.listenerArn }))).Rules ?? [];

describe('what there is', () => {
  it('is described as the SDK reads it', async () => {
    const elb = await startTestElb();
    const { LoadBalancers } = await elb.client.send(new DescribeLoadBalancersCommand({ Names: ['shop'] }));
    expect(LoadBalancers).toEqual([
      {
        LoadBalancerArn: expect.stringMatching(
          /^arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:loadbalancer\/app\/shop\/[0-9a-f]{16}$/,
        ),
        LoadBalancerName: 'shop',
        DNSName: '127.0.0.1',
        CreatedTime: expect.any(Date),
        Scheme: 'internet-facing',
        VpcId: onlyVpc,
        State: { Code: 'active' },
        Type: 'application',
        IpAddressType: 'ipv4',
      },
    ]);
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
    const { Listeners } = await elb.client.send(new DescribeListenersCommand({ LoadBalancerArn }));
    expect(Listeners).toEqual([
      {
        ListenerArn: elb.listenerArn,
        LoadBalancerArn,
        Port: Number(new URL(elb.address).port),
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
      },
    ]);
    expect(await rulesOf(elb)).toEqual([
      {
        RuleArn: elb.ruleArn,
        Priority: '10',
        IsDefault: false,
        Conditions: [{ Field: 'path-pattern', Values: ['/*'], PathPatternConfig: { Values: ['/*'] } }],
        Actions: [
          {
            Type: 'forward',
            TargetGroupArn: elb.group('blue'),
            ForwardConfig: {
              TargetGroups: [{ TargetGroupArn: elb.group('blue'), Weight: 1 }],
              TargetGroupStickinessConfig: { Enabled: false },
            },
          },
        ],
      },
      expect.objectContaining({ Priority: 'default', IsDefault: true }),
    ]);
    const { TargetGroups } = await elb.client.send(new DescribeTargetGroupsCommand({ LoadBalancerArn }));
    expect(TargetGroups).toEqual([
      expect.objectContaining({
        TargetGroupName: 'blue',
        LoadBalancerArns: [LoadBalancerArn],
        VpcId: onlyVpc,
        Matcher: { HttpCode: '200' },
      }),
    ]);
  });

  it('is described page by page', async () => {
    const elb = await startTestElb();
    const first = await elb.client.send(new DescribeTargetGroupsCommand({ PageSize: 1 }));
    expect(first.TargetGroups?.map((group) => group.TargetGroupName)).toEqual(['blue']);
    const second = await elb.client.send(
      new DescribeTargetGroupsCommand({ PageSize: 1, Marker: first.NextMarker }),
    );
    expect(second.TargetGroups?.map((group) => group.TargetGroupName)).toEqual(['green']);
    expect(second.NextMarker).toBeUndefined();
  });

  it('has its tags, each resource its own', async () => {
    const elb = await startTestElb();
    const [loadBalancer = ''] = [...elb.api.store.loadBalancers.keys()];
    const ResourceArns = [loadBalancer, elb.ruleArn, elb.group('blue')];
    expect((await elb.client.send(new DescribeTagsCommand({ ResourceArns }))).TagDescriptions).toEqual([
      { ResourceArn: loadBalancer, Tags: [{ Key: 'team', Value: 'shop' }] },
      { ResourceArn: elb.ruleArn, Tags: [{ Key: 'owner', Value: 'terraform' }] },
      { ResourceArn: elb.group('blue'), Tags: [] },
    ]);
  });

  it.each([
    [new DescribeRulesCommand({ RuleArns: ['arn:x'] }), 'RuleNotFoundException'],
    [new DescribeListenersCommand({ ListenerArns: ['arn:x'] }), 'ListenerNotFoundException'],
    [new DescribeLoadBalancersCommand({ Names: ['x'] }), 'LoadBalancerNotFoundException'],
    [new DescribeTargetGroupsCommand({ TargetGroupArns: ['arn:x'] }), 'TargetGroupNotFoundException'],
    [new DescribeTargetHealthCommand({ TargetGroupArn: 'arn:x' }), 'TargetGroupNotFoundException'],
    [new DescribeTagsCommand({ ResourceArns: ['arn:a:listener-rule/x'] }), 'RuleNotFoundException'],
  ])('that is not there is refused: $constructor.name', async (command, name) => {
    const elb = await startTestElb();
    // A union of commands has no overload of its own.
    const send = elb.client.send.bind(elb.client) as (one: typeof command) => Promise<unknown>;
    expect(await refusal(send(command))).toMatchObject({ name, code: 400 });
  });
});

describe('the actions of a rule', () => {
  it('are what was asked, and the target groups are in use then', async () => {
    const elb = await startTestElb();
    const Actions = weights(elb, 95, 5);
    const { Rules } = await elb.client.send(new ModifyRuleCommand({ RuleArn: elb.ruleArn, Actions }));
    expect(Rules).toEqual((await rulesOf(elb)).slice(0, 1));
    expect(Rules?.[0]?.Actions).toEqual([
      {
        Type: 'forward',
        ForwardConfig: {
          ...Actions[0]?.ForwardConfig,
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ]);
    const { TargetGroups } = await elb.client.send(new DescribeTargetGroupsCommand({ Names: ['green'] }));
    expect(TargetGroups?.[0]?.LoadBalancerArns).toHaveLength(1);
    expect(elb.journal).toEqual([
      expect.objectContaining({ operation: 'ModifyRule', resource: elb.ruleArn, outcome: 'applied' }),
    ]);
  });

  it('of a listener by default are changed through the listener only', async () => {
    const elb = await startTestElb();
    const byDefault = (await rulesOf(elb)).at(-1)?.RuleArn;
    const Actions = weights(elb, 1, 1);
    expect(
      await refusal(elb.client.send(new ModifyRuleCommand({ RuleArn: byDefault, Actions }))),
    ).toMatchObject({ name: 'OperationNotPermittedException' });
    const DefaultActions = Actions;
    const { Listeners } = await elb.client.send(
      new ModifyListenerCommand({ ListenerArn: elb.listenerArn, DefaultActions }),
    );
    expect(Listeners?.[0]?.DefaultActions).toHaveLength(1);
    expect((await rulesOf(elb)).at(-1)?.Actions).toEqual(Listeners?.[0]?.DefaultActions);
  });

  const forward = (config: NonNullable<Action['ForwardConfig']>, more: Partial<Action> = {}): Action => ({
    Type: 'forward',
    ForwardConfig: config,
    ...more,
  });
  it.each<[string, (elb: TestElb) => Action[], string]>([
    [
      'a weight out of bounds',
      ({ group }) => [forward({ TargetGroups: [{ TargetGroupArn: group('blue'), Weight: 1000 }] })],
      'ValidationError',
    ],
    [
      'a weight left out beside another group',
      ({ group }) => [
        forward({
          TargetGroups: [{ TargetGroupArn: group('blue'), Weight: 1 }, { TargetGroupArn: group('green') }],
        }),
      ],
      'ValidationError',
    ],
    [
      'a group twice',
      ({ group }) => [
        forward({
          TargetGroups: ['blue', 'blue'].map((name) => ({ TargetGroupArn: group(name), Weight: 1 })),
        }),
      ],
      'ValidationError',
    ],
    [
      'one group in one place and another in the other',
      ({ group }) => [
        forward(
          { TargetGroups: [{ TargetGroupArn: group('blue'), Weight: 1 }] },
          { TargetGroupArn: group('green') },
        ),
      ],
      'ValidationError',
    ],
    [
      'stickiness without a duration',
      ({ group }) => [
        forward({
          TargetGroups: [{ TargetGroupArn: group('blue'), Weight: 1 }],
          TargetGroupStickinessConfig: { Enabled: true },
        }),
      ],
      'ValidationError',
    ],
    [
      'a group that is not there',
      ({ group }) => [{ Type: 'forward', TargetGroupArn: group('red') }],
      'TargetGroupNotFoundException',
    ],
    [
      'a group of another VPC',
      ({ group }) => [{ Type: 'forward', TargetGroupArn: group('abroad') }],
      'InvalidConfigurationRequestException',
    ],
    [
      'a group of another load balancer',
      ({ group }) => [{ Type: 'forward', TargetGroupArn: group('taken') }],
      'TargetGroupAssociationLimitException',
    ],
    [
      'no action that answers',
      () => [{ Type: 'authenticate-cognito', AuthenticateCognitoConfig: { UserPoolArn: 'a' } } as Action],
      'ValidationError',
    ],
  ])('are refused with %s, and stay', async (_, actions, name) => {
    const { loadBalancers, targetGroups } = exampleSetup();
    const elb = await startTestElb({
      setup: exampleSetup({
        targetGroups: [...targetGroups, { name: 'abroad', vpcId: 'vpc-2' }, { name: 'taken' }],
        loadBalancers: [
          ...loadBalancers,
          {
            name: 'other',
            listeners: [{ defaultActions: [{ Type: 'forward', to: [{ targetGroup: 'taken', weight: 1 }] }] }],
          },
        ],
      }),
    });
    const before = await rulesOf(elb);
    const change = new ModifyRuleCommand({ RuleArn: elb.ruleArn, Actions: actions(elb) });
    expect(await refusal(elb.client.send(change))).toMatchObject({ name, code: 400 });
    expect(await rulesOf(elb)).toEqual(before);
    expect(elb.journal).toEqual([expect.objectContaining({ outcome: 'refused' })]);
  });

  it('that authenticate want their secret again, or to be told that it stays, and never show it', async () => {
    const elb = await startTestElb();
    const oidc = {
      Issuer: 'https://id.example.com',
      AuthorizationEndpoint: 'https://id.example.com/a',
      TokenEndpoint: 'https://id.example.com/t',
      UserInfoEndpoint: 'https://id.example.com/u',
      ClientId: 'shop',
      AuthenticationRequestExtraParams: { prompt: 'login' },
    };
    const set = (more: object) =>
      elb.client.send(
        new ModifyRuleCommand({
          RuleArn: elb.ruleArn,
          Actions: [
            { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { ...oidc, ...more } },
            { Type: 'forward', Order: 2, TargetGroupArn: elb.group('blue') },
          ],
        }),
      );
    expect(await refusal(set({ UseExistingClientSecret: true }))).toMatchObject({ name: 'ValidationError' });
    await set({ ClientSecret: 'hush' });
    expect(await refusal(set({}))).toMatchObject({ name: 'ValidationError' });
    const { Rules } = await set({ UseExistingClientSecret: true });
    expect(Rules?.[0]?.Actions?.[0]).toEqual({
      Type: 'authenticate-oidc',
      Order: 1,
      AuthenticateOidcConfig: oidc,
    });
    expect(JSON.stringify(elb.journal)).not.toContain('hush');
  });
});

describe('target groups', () => {
  it('are made once, however often that is asked, and deleted when no rule forwards to them', async () => {
    const elb = await startTestElb();
    const ask = new CreateTargetGroupCommand({
      Name: 'green-2',
      Protocol: 'HTTP',
      Port: 8080,
      VpcId: onlyVpc,
      TargetType: 'ip',
      Tags: [{ Key: 'stepladder/by', Value: 'migration' }],
    });
    const { TargetGroups } = await elb.client.send(ask);
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
    expect((await elb.client.send(ask)).TargetGroups).toEqual(TargetGroups);
    const other = new CreateTargetGroupCommand({ ...ask.input, Port: 9090 });
    expect(await refusal(elb.client.send(other))).toMatchObject({
      name: 'DuplicateTargetGroupNameException',
    });
    await elb.client.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
    await elb.client.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
    expect(elb.api.store.targetGroups.size).toBe(2);
    const inUse = new DeleteTargetGroupCommand({ TargetGroupArn: elb.group('blue') });
    expect(await refusal(elb.client.send(inUse))).toMatchObject({ name: 'ResourceInUseException' });
  });

  it('tell of a target’s health only while a rule forwards to them, be it with weight 0', async () => {
    const pods = await testPods('green');
    const elb = await startTestElb();
    const TargetGroupArn = elb.group('green');
    const Targets = [{ Id: pods.address.id, Port: pods.address.port }];
    const health = async () => {
      await elb.api.checkTargets();
      const answer = await elb.client.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
      return answer.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth);
    };
    await elb.client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
    await elb.client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
    expect(await health()).toEqual([{ State: 'unused', Reason: 'Target.NotInUse' }]);
    await elb.client.send(new ModifyRuleCommand({ RuleArn: elb.ruleArn, Actions: weights(elb, 100, 0) }));
    const before = await elb.client.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    expect(before.TargetHealthDescriptions?.[0]?.TargetHealth).toEqual({
      State: 'initial',
      Reason: 'Elb.InitialHealthChecking',
    });
    expect(await health()).toEqual([{ State: 'healthy' }]);
    pods.ready = 0;
    expect(await health()).toEqual([{ State: 'healthy' }]);
    expect(await health()).toEqual([{ State: 'unhealthy', Reason: 'Target.FailedHealthChecks' }]);
    pods.ready = 1;
    expect(await health()).toEqual([{ State: 'unhealthy', Reason: 'Target.FailedHealthChecks' }]);
    expect(await health()).toEqual([{ State: 'healthy' }]);
    await elb.client.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
    expect(await health()).toEqual([]);
  });
});

describe('a call', () => {
  it('with credentials that are not known, or are over, is refused', async () => {
    const elb = await startTestElb();
    const unknown = elb.connect({ credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' } });
    const ask = new DescribeLoadBalancersCommand({});
    expect(await refusal(unknown.send(ask))).toMatchObject({ name: 'InvalidClientTokenId', code: 403 });
    const late = await startTestElb({ credentialsExpired: () => true });
    expect(await refusal(late.client.send(ask))).toMatchObject({ name: 'ExpiredToken', code: 403 });
  });

  it('that is not allowed is refused, and changes nothing', async () => {
    const elb = await startTestElb({ isDenied: (operation) => operation.startsWith('Modify') });
    const change = new ModifyRuleCommand({ RuleArn: elb.ruleArn, Actions: weights(elb, 1, 1) });
    expect(await refusal(elb.client.send(change))).toMatchObject({
      name: 'AccessDenied',
      code: 403,
      message: expect.stringContaining('elasticloadbalancing:ModifyRule'),
    });
    expect((await rulesOf(elb))[0]?.Actions?.[0]?.TargetGroupArn).toBe(elb.group('blue'));
  });

  it('that is throttled is tried again by the SDK', async () => {
    let left = 2;
    const elb = await startTestElb({
      onCall: () =>
        left-- > 0 ? { kind: 'status', code: 429, reason: 'x', message: 'Rate exceeded' } : undefined,
    });
    const patient = elb.connect({ maxAttempts: 3 });
    expect((await patient.send(new DescribeLoadBalancersCommand({}))).LoadBalancers).toHaveLength(1);
    left = 1;
    expect(await refusal(elb.client.send(new DescribeLoadBalancersCommand({})))).toMatchObject({
      name: 'Throttling',
      code: 429,
    });
  });

  it('whose answer is lost has been carried out', async () => {
    const elb = await startTestElb({
      onCall: (operation) => (operation === 'ModifyRule' ? { kind: 'reset', when: 'after' } : undefined),
    });
    const change = new ModifyRuleCommand({ RuleArn: elb.ruleArn, Actions: weights(elb, 95, 5) });
    await expect(elb.client.send(change)).rejects.toThrow();
    expect((await rulesOf(elb))[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups).toHaveLength(2);
  });

  it('of an operation that is not there is refused', async () => {
    const elb = await startTestElb();
    expect(await refusal(elb.client.send(new DescribeAccountLimitsCommand({})))).toMatchObject({
      name: 'InvalidAction',
    });
  });
});
