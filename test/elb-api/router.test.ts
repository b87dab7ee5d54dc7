import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  DeregisterTargetsCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLoad } from '../../elb-api/index.ts';
import { matchRule } from '../../elb-api/matchRule.ts';
import type { RuleRecord } from '../../elb-api/records.ts';
import { WeightedChoice } from '../../elb-api/weightedChoice.ts';
import { exampleSetup, startTestElb, testPods } from './startTestElb.ts';
import type { TestElb, TestPods } from './startTestElb.ts';

describe('a choice by weight', () => {
  const choose = (weights: Record<string, number>, times: number): (string | undefined)[] => {
    const choice = new WeightedChoice();
    const among = Object.entries(weights).map(([key, weight]) => ({ key, weight }));
    return Array.from({ length: times }, () => choice.next(among));
  };
  it.each<[Record<string, number>, string]>([
    [{ a: 1, b: 1 }, 'abab'],
    [{ a: 3, b: 1 }, 'aabaaaba'],
    [{ a: 5, b: 1, c: 1 }, 'aabacaa'],
    [{ a: 1, b: 0 }, 'aaa'],
  ])('of %j is even and the same each time: %s', (weights, order) => {
    expect(choose(weights, order.length).join('')).toBe(order);
  });

  it('chooses each exactly as often as its weight says', () => {
    const chosen = choose({ blue: 95, green: 5 }, 200);
    expect(chosen.filter((key) => key === 'green')).toHaveLength(10);
    expect(chosen.slice(0, 100).filter((key) => key === 'green')).toHaveLength(5);
  });

  it('chooses nothing where nothing has a weight', () => {
    expect(choose({ a: 0, b: 0 }, 1)).toEqual([undefined]);
    expect(choose({}, 1)).toEqual([undefined]);
  });
});

describe('rules', () => {
  const rule = (arn: string, hosts: string[], paths: string[]): RuleRecord => ({
    arn,
    listenerArn: 'l',
    priority: 1,
    hosts,
    paths,
    actions: [],
  });
  const rules = [
    rule('shop', ['*.example.com'], ['/shop/*']),
    rule('api', [], ['/v?/items']),
    rule('default', [], []),
  ];
  it.each([
    ['www.example.com:8080', '/shop/cart', 'shop'],
    ['WWW.example.com', '/shop/cart', 'shop'],
    ['example.com', '/shop/cart', 'default'],
    ['www.example.com', '/Shop/cart', 'default'],
    ['any', '/v1/items', 'api'],
    ['any', '/v12/items', 'default'],
    ['any', '/v1/items/', 'default'],
  ])('for %s%s', (host, path, expected) => {
    expect(matchRule(rules, host, path)?.arn).toBe(expected);
  });
});

/** Both clusters' Pods registered and checked, and the rule at these weights. */
async function stage(blue: number, green: number) {
  const elb = await startTestElb();
  const pods = { blue: await testPods('blue'), green: await testPods('green') };
  for (const [name, { address }] of Object.entries(pods)) {
    await elb.client.send(
      new RegisterTargetsCommand({
        TargetGroupArn: elb.group(name),
        Targets: [{ Id: address.id, Port: address.port }],
      }),
    );
  }
  await setWeights(elb, blue, green);
  await elb.api.checkTargets();
  return { elb, pods };
}

async function setWeights(elb: TestElb, blue: number, green: number): Promise<void> {
  await elb.client.send(
    new ModifyRuleCommand({
      RuleArn: elb.ruleArn,
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: elb.group('blue'), Weight: blue },
              { TargetGroupArn: elb.group('green'), Weight: green },
            ],
          },
        },
      ],
    }),
  );
}

async function clustersOf(address: string, times: number): Promise<string[]> {
  const clusters: string[] = [];
  for (let index = 0; index < times; index += 1) {
    const answer = await fetch(address);
    clusters.push(((await answer.json()) as { cluster: string }).cluster);
  }
  return clusters;
}

const share = (clusters: readonly string[]) => clusters.filter((cluster) => cluster === 'green').length;

const deregister = async (elb: TestElb, name: string, { address }: TestPods) =>
  elb.client.send(
    new DeregisterTargetsCommand({
      TargetGroupArn: elb.group(name),
      Targets: [{ Id: address.id, Port: address.port }],
    }),
  );

describe('the router', () => {
  it.each([
    [100, 0, 0],
    [95, 5, 2],
    [75, 25, 10],
    [50, 50, 20],
    [0, 100, 40],
  ])('at %i to %i sends green %i of 40 requests', async (blue, green, expected) => {
    const { elb } = await stage(blue, green);
    expect(share(await clustersOf(elb.address, 40))).toBe(expected);
  });

  it('passes on what was sent and what is answered, with the host that was asked', async () => {
    const { elb, pods } = await stage(0, 0);
    const echo = createServer((request, response) => {
      const { method, url, headers } = request;
      response.writeHead(418, { 'x-seen': `${method ?? ''} ${url ?? ''} ${headers.host ?? ''}` });
      request.pipe(response);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void echo.close());
    const { port: Port } = echo.address() as AddressInfo;
    await deregister(elb, 'blue', pods.blue);
    await elb.client.send(
      new RegisterTargetsCommand({
        TargetGroupArn: elb.group('blue'),
        Targets: [{ Id: '127.0.0.1', Port }],
      }),
    );
    await setWeights(elb, 1, 0);
    const body = 'x'.repeat(100_000);
    const answer = await fetch(`${elb.address}/cart?item=1`, { method: 'POST', body });
    expect(answer.status).toBe(418);
    expect(answer.headers.get('x-seen')).toBe(`POST /cart?item=1 ${new URL(elb.address).host}`);
    expect(await answer.text()).toBe(body);
  });

  it('answers itself where a rule forwards nowhere', async () => {
    const actions = [
      { Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '418', MessageBody: 'no tea' } },
    ];
    const { loadBalancers } = exampleSetup();
    const listeners = [
      { defaultActions: [{ Type: 'redirect' as const }], rules: [{ priority: 1, paths: ['/a'], actions }] },
    ];
    const elb = await startTestElb({
      setup: exampleSetup({ loadBalancers: [{ ...loadBalancers[0]!, listeners }] }),
    });
    const fixed = await fetch(`${elb.address}/a`);
    expect([fixed.status, await fixed.text()]).toEqual([418, 'no tea']);
    expect((await fetch(elb.address, { redirect: 'manual' })).status).toBe(302);
  });

  it('sends nobody elsewhere when a chosen group has no target that answers', async () => {
    const { elb, pods } = await stage(1, 1);
    pods.green.beforeAnswer = () => Promise.reject(new Error('gone'));
    expect([(await fetch(elb.address)).status, (await fetch(elb.address)).status]).toEqual([200, 502]);
    await deregister(elb, 'green', pods.green);
    expect([(await fetch(elb.address)).status, (await fetch(elb.address)).status]).toEqual([200, 503]);
    await setWeights(elb, 0, 0);
    expect((await fetch(elb.address)).status).toBe(503);
  });

  it('leaves an unhealthy target out while another of its group is healthy', async () => {
    const { elb, pods } = await stage(1, 0);
    const ill = await testPods('ill');
    ill.ready = 0;
    const { id: Id, port: Port } = ill.address;
    await elb.client.send(
      new RegisterTargetsCommand({ TargetGroupArn: elb.group('blue'), Targets: [{ Id, Port }] }),
    );
    await elb.api.checkTargets();
    expect(new Set(await clustersOf(elb.address, 6))).toEqual(new Set(['blue']));
    pods.blue.ready = 0;
    await elb.api.checkTargets();
    await elb.api.checkTargets();
    // None is healthy any more, so all are asked again.
    expect(new Set(await clustersOf(elb.address, 6))).toEqual(new Set(['blue', 'ill']));
  });

  it('lets a request finish that was under way when its target was deregistered', async () => {
    const { elb, pods } = await stage(1, 0);
    const arrived = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    pods.blue.beforeAnswer = () => {
      arrived.resolve(undefined);
      return release.promise;
    };
    const answer = fetch(elb.address);
    await arrived.promise;
    await deregister(elb, 'blue', pods.blue);
    const [target] = elb.api.store.findTargetGroup(elb.group('blue')).targets;
    expect(target).toMatchObject({ state: 'draining', inFlight: 1 });
    expect((await fetch(elb.address)).status).toBe(503);
    release.resolve(undefined);
    expect((await answer).status).toBe(200);
    await expect.poll(() => elb.api.store.findTargetGroup(elb.group('blue')).targets).toEqual([]);
  });

  it('loses no request of many while the weights go from blue to green and back', async () => {
    const { elb } = await stage(100, 0);
    const load = startLoad({ url: elb.address, pauseMs: 0 });
    for (const green of [0, 5, 25, 50, 100, 0]) {
      await setWeights(elb, 100 - green, green);
      await load.more(100);
    }
    const { answered, failed, byCluster, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(failed).toBe(0);
    expect(answered).toBeGreaterThanOrEqual(600);
    // 180 by the weights; requests under way when those change are of the weights before.
    expect(byCluster['green']).toBeGreaterThanOrEqual(150);
    expect((byCluster['blue'] ?? 0) + (byCluster['green'] ?? 0)).toBe(answered);
  });
});

describe('a load', () => {
  it('tells answers from failures, and of which cluster they were', async () => {
    const { elb, pods } = await stage(1, 1);
    const load = startLoad({ url: elb.address, users: 1, pauseMs: 0 });
    await load.more(10);
    pods.green.status = 500;
    await load.more(10);
    const { answered, failed, byCluster, failures } = await load.stop();
    expect(failed).toBeGreaterThanOrEqual(4);
    expect(failed).toBeLessThanOrEqual(6);
    expect(failures[0]?.why).toBe('answered 500');
    expect((byCluster['blue'] ?? 0) + (byCluster['green'] ?? 0)).toBe(answered + failed);
  });

  it('counts what can not be reached as failed, by no cluster', async () => {
    // A port that nobody gets unless he asks for it.
    const load = startLoad({ url: 'http://127.0.0.1:1', users: 1, pauseMs: 0 });
    await load.more(2);
    const { answered, byCluster, failures } = await load.stop();
    expect({ answered, byCluster }).toEqual({ answered: 0, byCluster: {} });
    expect(failures[0]?.why).toContain('ECONNREFUSED');
  });
});
