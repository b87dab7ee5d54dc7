import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import type { Clusters } from '../../../src/activities/clusters.ts';
import { observeRouting } from '../../../src/activities/migration/observeRouting.ts';
import { StepladderError } from '../../../src/contract/errors.ts';
import { probeSchema } from '../../../src/contract/probe.ts';
import type { Probe } from '../../../src/contract/probe.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { region, testPods } from '../../elb-api/startTestElb.ts';
import { at } from '../../routing/startTestRouting.ts';
import { startRoutingActivities } from './startRoutingActivities.ts';
import type { StartedActivities } from './startRoutingActivities.ts';

const probe = (given: Record<string, unknown>): Probe =>
  probeSchema.parse({ name: 'shop', every: '1ms', timeLimit: '100s', ...given });

/** Both clusters behind the rule, each with its stand-ins healthy, half of the users on each. */
async function half(options?: Parameters<typeof startRoutingActivities>[0]) {
  const started = await startRoutingActivities(options);
  const pods = { blue: await testPods('blue'), green: await testPods('green') };
  for (const [name, { address }] of Object.entries(pods)) {
    const Targets = [{ Id: address.id, Port: address.port }];
    await started.elb.client.send(
      new RegisterTargetsCommand({ TargetGroupArn: started.elb.group(name), Targets }),
    );
  }
  await started.routing.setWeights({ to: at(50) });
  await started.elb.api.checkTargets();
  return { ...started, pods };
}

function look({ run, blue, green, router }: StartedActivities, probes: Probe[], change: object = {}) {
  const rest = { looks: [], badLooks: 2, isOver: false };
  return run('lookAtStep', { sides: { blue, green }, router, probes, ...rest, ...change });
}

describe('the routing', () => {
  it('is read with what it takes to put it back, and nothing is changed', async () => {
    const { run, blue, router, elb, calls } = await startRoutingActivities();
    expect(await run('readRouting', { blue, router })).toEqual({
      weights: at(0),
      memento: { kind: 'alb', of: elb.ruleArn, targetGroups: [{ arn: elb.group('blue'), weight: 1 }] },
      addresses: [elb.address],
      router: `listener rule ${elb.ruleArn} of load balancer shop`,
    });
    expect(calls.filter((call) => !call.startsWith('Describe'))).toEqual([]);
  });

  it('is set, and put back exactly as it was read', async () => {
    const { run, blue, router, forward } = await startRoutingActivities();
    const before = forward();
    const { memento } = await run('readRouting', { blue, router });
    expect(
      await run('setRoutingWeights', { blue, router, wish: { to: at(25), from: [at(0)] } }),
    ).toMatchObject({ outcome: 'set', changed: true });
    expect(await run('readRouting', { blue, router })).toMatchObject({ weights: at(25) });
    if (memento === undefined) throw new Error('nothing was read to put back');
    await run('restoreRouting', { blue, router, before: memento });
    expect(forward()).toMatchObject({
      ForwardConfig: {
        TargetGroups: (before as { ForwardConfig: { TargetGroups: unknown } }).ForwardConfig.TargetGroups,
      },
    });
  });

  it('is what a person says, where a person sets it', async () => {
    const { run, blue } = await startRoutingActivities();
    const router = { manual: {} };
    expect(await run('readRouting', { blue, router })).toEqual({
      memento: { kind: 'manual' },
      addresses: [],
      router: 'a person',
    });
    const wish = { to: at(5) };
    expect(await run('setRoutingWeights', { blue, router, wish })).toMatchObject({ outcome: 'asked' });
    expect(await run('setRoutingWeights', { blue, router, wish, said: at(5) })).toMatchObject({
      outcome: 'set',
      changed: false,
    });
  });

  it.each<[string, object, string, RegExp]>([
    ['denies it', { isDenied: (call: string) => call === 'ModifyRule' }, 'CredentialsRefused', /ModifyRule/],
    [
      'finds weights that somebody else has set',
      {},
      'PlatformRefused',
      /blue 100, green 0, and blue 75, green 25 was expected/,
    ],
  ])('is left alone where the load balancer %s', async (_, options, type, message) => {
    const { run, blue, router, forward } = await startRoutingActivities(options);
    const before = forward();
    await expect(
      run('setRoutingWeights', {
        blue,
        router,
        wish: { to: at(50), from: type === 'PlatformRefused' ? [at(25)] : [at(0)] },
      }),
    ).rejects.toMatchObject({ type, nonRetryable: true, message: expect.stringMatching(message) });
    expect(forward()).toEqual(before);
  });

  it('is left alone where a controller owns the listener, and the plan is told so', async () => {
    const { run, blue, router, elb } = await startRoutingActivities();
    elb.api.store.tags.get(elb.listenerArn)?.set('elbv2.k8s.aws/cluster', 'prod');
    await expect(run('setRoutingWeights', { blue, router, wish: { to: at(5) } })).rejects.toMatchObject({
      type: 'PlatformRefused',
      message: expect.stringContaining('belongs to the AWS Load Balancer Controller of cluster prod'),
    });
    expect(await observeRouting({ access: { region }, router })).toMatchObject({
      weights: at(0),
      notes: [{ severity: 'blocker', message: expect.stringContaining('cluster prod') }],
    });
  });

  it('that AWS does not have is a blocker of the plan', async () => {
    const { router } = await startRoutingActivities();
    const wrong = { alb: { ...router.alb, rule: `${router.alb.rule}0` } };
    expect(await observeRouting({ access: { region }, router: wrong })).toEqual({
      router: `listener rule ${wrong.alb.rule}`,
      addresses: [],
      notes: [
        {
          severity: 'blocker',
          message: expect.stringContaining('Elastic Load Balancing does not find'),
          remedy: expect.stringContaining('migration.routing'),
        },
      ],
    });
  });

  it('that may not be looked at is no answer', async () => {
    const { router } = await startRoutingActivities({ isDenied: () => true });
    await expect(observeRouting({ access: { region }, router })).rejects.toMatchObject({
      type: 'CredentialsRefused',
    });
  });
});

describe('green', () => {
  it('holds when it has answered all probes well so often in a row', async () => {
    const { run, green, beats } = await startRoutingActivities();
    const pods = await testPods('green');
    const probes = [probe({ green: pods.url }), probe({ name: 'api', path: '/api', green: pods.url })];
    expect(await run('probeGreen', { green, probes })).toEqual({
      hold: true,
      results: ['shop', 'api'].map((name) => ({
        name,
        state: 'holds',
        why: 'It answers 200.',
        asked: 3,
        inARow: 3,
      })),
    });
    expect(beats[0]).toEqual({ line: 'shop not asked yet; api not asked yet' });
  });

  it('does not hold when one fails, and nothing of the answer is kept', async () => {
    const { run, green } = await startRoutingActivities();
    const [well, ill] = [await testPods('green'), await testPods('green-with-a-secret')];
    ill.status = 500;
    const probes = [probe({ green: well.url }), probe({ name: 'api', green: ill.url, timeLimit: '5ms' })];
    const verdict = await run('probeGreen', { green, probes });
    expect(verdict).toMatchObject({ hold: false, results: [{ state: 'holds' }, { state: 'fails' }] });
    expect(JSON.stringify(verdict)).not.toContain('green-with-a-secret');
  });

  it('does not hold where a token is missing, which is not known to be well', async () => {
    const { run, green } = await startRoutingActivities();
    const probes = [probe({ green: 'http://127.0.0.1:1', tokenEnv: 'STEPLADDER_PROBE_SHOP' })];
    expect(await run('probeGreen', { green, probes })).toMatchObject({
      hold: false,
      results: [{ state: 'unknown', asked: 0 }],
    });
  });

  it('is asked through its own API server where a probe names a Service', async () => {
    const asked: string[] = [];
    const { run, green } = await startRoutingActivities({
      clusters: clustersThat(async (path) => {
        asked.push(path);
        return { status: 200, body: '', complete: true };
      }),
    });
    const service = { namespace: 'shop', name: 'web', port: 80 };
    const verdict = await run('probeGreen', { green, probes: [probe({ green: { service }, inARow: 1 })] });
    expect(verdict.hold).toBe(true);
    expect(asked).toEqual(['prod-1-34 /api/v1/namespaces/shop/services/web:80/proxy/']);
  });
});

describe('a look at a step', () => {
  it('goes on when green serves as well as blue and the time is over', async () => {
    const here = await half();
    const probes = [probe({ green: here.pods.green.url, blue: here.pods.blue.url, inARow: 5 })];
    expect(await look(here, probes)).toEqual({
      look: { verdict: 'go on', why: ['1 of 1 targets of green are healthy.', 'shop holds on green.'] },
      soak: { verdict: 'watch' },
      line: 'blue 1 of 1 healthy, green 1 of 1; shop holds',
    });
    expect(await look(here, probes, { isOver: true })).toMatchObject({ soak: { verdict: 'go on' } });
  });

  it('returns at the second in a row that finds green worse than blue', async () => {
    const here = await half();
    here.pods.green.status = 500;
    const probes = [probe({ green: here.pods.green.url, blue: here.pods.blue.url })];
    const first = await look(here, probes);
    expect(first).toMatchObject({
      look: { verdict: 'return' },
      soak: { verdict: 'watch' },
      line: 'blue 1 of 1 healthy, green 1 of 1; shop fails on green, holds on blue',
    });
    expect(await look(here, probes, { looks: [first.look] })).toMatchObject({ soak: { verdict: 'return' } });
  });

  it('does not know where both fail alike', async () => {
    const here = await half();
    here.pods.green.status = here.pods.blue.status = 500;
    const probes = [probe({ green: here.pods.green.url, blue: here.pods.blue.url })];
    expect(await look(here, probes, { isOver: true })).toMatchObject({
      soak: { verdict: 'unknown' },
      line: expect.stringMatching(/; shop fails$/),
    });
  });

  it('sees that green fails although AWS does not tell of targets', async () => {
    const here = await half({ isDenied: (call) => call === 'DescribeTargetHealth' });
    const probes = [probe({ green: here.pods.green.url, blue: here.pods.blue.url })];
    expect(await look(here, probes, { isOver: true })).toMatchObject({
      look: { verdict: 'unknown' },
      soak: { verdict: 'unknown', why: [expect.stringContaining('DescribeTargetHealth')] },
      line: 'blue not known, green not known; shop holds',
    });
    here.pods.green.status = 500;
    expect(await look(here, probes)).toMatchObject({ look: { verdict: 'return' } });
  });

  it('asks each cluster’s Services through its own API server', async () => {
    const asked: string[] = [];
    const here = await half({
      clusters: clustersThat(async (path) => {
        asked.push(path);
        return { status: path.startsWith('prod ') ? 200 : 500, body: '', complete: true };
      }),
    });
    const service = { namespace: 'shop', name: 'web', port: 80 };
    const only = { service: { ...service, name: 'api' } };
    const probes = [
      probe({ green: { service }, blue: { service } }),
      // Of what is asked on one side only, the other one need not be reached.
      probe({ name: 'api', green: only }),
      probe({ name: 'old', green: here.pods.green.url, blue: only }),
    ];
    expect(await look(here, probes)).toMatchObject({
      look: { verdict: 'return' },
      line: expect.stringMatching(/; shop fails on green, holds on blue, api fails, old holds$/),
    });
    const proxy = '/api/v1/namespaces/shop/services';
    expect(asked.toSorted()).toEqual([
      `prod ${proxy}/api:80/proxy/`,
      `prod ${proxy}/web:80/proxy/`,
      `prod-1-34 ${proxy}/api:80/proxy/`,
      `prod-1-34 ${proxy}/web:80/proxy/`,
    ]);
  });

  it('takes a blue whose Services can’t be asked for unknown, and goes by green alone where that holds', async () => {
    const service = { namespace: 'shop', name: 'web', port: 80 };
    const answering = clustersThat(async () => ({ status: 200, body: '', complete: true }));
    const here = await half({
      clusters: {
        open: (context, signal) =>
          context.cluster.name === 'prod'
            ? Promise.reject(new StepladderError('Unreachable', 'No route.'))
            : answering.open(context, signal),
      },
    });
    const both = [probe({ green: { service }, blue: { service } })];
    expect(await look(here, both)).toMatchObject({
      look: { verdict: 'go on' },
      line: expect.stringMatching(/; shop holds on green, not known on blue$/),
    });
    const failing = [probe({ green: here.pods.green.url, blue: { service }, expectStatus: 204 })];
    expect(await look(here, failing)).toMatchObject({
      look: {
        verdict: 'unknown',
        why: [expect.stringContaining('nothing is known of blue: The cluster of Service shop/web')],
      },
    });
  });

  it('takes a Service that can’t be asked for unknown, and another cluster for an error', async () => {
    const green = { service: { namespace: 'shop', name: 'web', port: 80 } };
    const unreachable = await half({ clusters: refusing(new StepladderError('Unreachable', 'No route.')) });
    expect(await look(unreachable, [probe({ green })])).toMatchObject({ look: { verdict: 'unknown' } });
    const other = await half({ clusters: refusing(new StepladderError('WrongCluster', 'Another one.')) });
    await expect(look(other, [probe({ green })])).rejects.toMatchObject({ type: 'WrongCluster' });
  });
});

const refusing = (error: StepladderError): Pick<Clusters, 'open'> => ({ open: () => Promise.reject(error) });

/** Clusters whose Services answer so; `ask` gets the cluster's name and the path. */
function clustersThat(ask: KubernetesConnection['askThrough']): Pick<Clusters, 'open'> {
  return {
    open: ({ cluster }) =>
      Promise.resolve({
        kubernetes: {
          askThrough: (path: string, ...rest: [never, never]) => ask(`${cluster.name} ${path}`, ...rest),
        },
      } as unknown as Awaited<ReturnType<Clusters['open']>>),
  };
}
