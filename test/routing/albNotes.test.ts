import { describe, expect, it } from 'vitest';
import type { ElbSetup } from '../../elb-api/index.ts';
import { exampleSetup } from '../elb-api/startTestElb.ts';
import { at, forwardTo, rule, setup, startRouting } from './startTestRouting.ts';

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
    // Also with weight 0, because green is not attached yet.
    for (const to of [at(5), at(0)]) {
      await expect(routing.setWeights({ to })).rejects.toMatchObject({ type: 'PlatformRefused' });
    }
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
