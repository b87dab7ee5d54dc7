import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLoad } from '../../elb-api/index.ts';
import type { Load } from '../../elb-api/index.ts';
import { probeSchema } from '../../src/contract/probe.ts';
import { weightStepsSchema } from '../../src/contract/routing.ts';
import { judgeSoak, judgeStep } from '../../src/routing/judgeStep.ts';
import type { StepVerdict } from '../../src/routing/judgeStep.ts';
import { runProbe } from '../../src/routing/probes.ts';
import { remainingSteps } from '../../src/routing/steps.ts';
import { testPods } from '../elb-api/startTestElb.ts';
import type { TestPods } from '../elb-api/startTestElb.ts';
import { at, startRouting } from './startTestRouting.ts';
import type { TestRouting } from './startTestRouting.ts';

interface Stage extends TestRouting {
  blue: TestPods;
  green: TestPods;
  load: Load;
}

/** Two clusters behind one rule, all users on blue and green healthy, with a load on it. */
async function stage(): Promise<Stage> {
  const started = await startRouting();
  const { elb, routing } = started;
  const [blue, green] = [await testPods('blue'), await testPods('green')];
  for (const [name, { address }] of Object.entries({ blue, green })) {
    const Targets = [{ Id: address.id, Port: address.port }];
    await elb.client.send(new RegisterTargetsCommand({ TargetGroupArn: elb.group(name), Targets }));
  }
  await routing.setWeights({ to: at(0) });
  await elb.api.checkTargets();
  const load = startLoad({ url: elb.address, users: 2, pauseMs: 0 });
  onTestFinished(async () => {
    await load.stop();
  });
  return { ...started, blue, green, load };
}

/** Looks once at both sides, as a soak does again and again. */
async function look({ elb, routing, blue, green }: Stage): Promise<StepVerdict> {
  await elb.api.checkTargets();
  const probe = probeSchema.parse({ name: 'shop', green: green.url, inARow: 1, timeLimit: '1ms' });
  const surroundings = { env: {}, now: () => 0, pause: () => Promise.resolve() };
  const ask = (base: string) => runProbe(probe, base, surroundings, new AbortController().signal);
  return judgeStep({
    health: await routing.health(),
    probes: [{ blue: await ask(blue.url), green: await ask(green.url) }],
  });
}

/**
 * Goes through the steps that are left, with three looks each, as a migration will.
 *
 * @param standing told with each step that stands, before it is looked at
 */
async function switchOver(here: Stage, standing: (green: number) => void = () => undefined) {
  const { weights, badLooks } = weightStepsSchema.parse(undefined);
  let now = (await here.routing.describe()).weights ?? at(0);
  for (const to of remainingSteps(weights, now)) {
    await here.routing.setWeights({ to, from: [now] });
    now = to;
    standing(to.green);
    await here.load.more(60);
    const looks: StepVerdict[] = [];
    for (let soak = judgeSoak(looks, { badLooks, isOver: false }); soak.verdict !== 'go on';) {
      looks.push(await look(here));
      soak = judgeSoak(looks, { badLooks, isOver: looks.length >= 3 });
      if (soak.verdict === 'watch' || soak.verdict === 'go on') continue;
      if (soak.verdict === 'return') await here.routing.setWeights({ to: at(0), from: [now] });
      return { ...soak, at: to.green };
    }
  }
  return { verdict: 'done' };
}

describe('switching users over', () => {
  it('step by step loses no request, and going back at once loses none either', async () => {
    const here = await stage();
    expect(await switchOver(here)).toEqual({ verdict: 'done' });
    const half = here.load.count();
    expect(await here.routing.setWeights({ to: at(0), from: [at(100)] })).toMatchObject({ changed: true });
    await here.load.more(60);
    const { answered, failed, byCluster } = await here.load.stop();
    expect(failed).toBe(0);
    // At 5, 25, 50 and 100 percent of 60 requests each, and a few that were under way.
    expect(half.byCluster['green']).toBeGreaterThanOrEqual(100);
    expect((byCluster['blue'] ?? 0) + (byCluster['green'] ?? 0)).toBe(answered);
  });

  it('goes back to blue when green fails at 25 percent, and blue answers all from then on', async () => {
    const here = await stage();
    const end = await switchOver(here, (green) => {
      if (green === 25) here.green.status = 500;
    });
    expect(end).toMatchObject({
      verdict: 'return',
      at: 25,
      why: expect.arrayContaining([expect.stringContaining('shop holds on blue and fails on green')]),
    });
    expect((await here.routing.describe()).weights).toEqual(at(0));
    // What was under way to green may still come back.
    await here.load.more(40);
    const before = here.load.count();
    await here.load.more(60);
    const after = await here.load.stop();
    expect(after.failed).toBe(before.failed);
    expect(after.byCluster['green']).toBe(before.byCluster['green']);
  });

  it('holds where both clusters fail alike, and sends nobody anywhere else', async () => {
    const here = await stage();
    const end = await switchOver(here, (green) => {
      if (green === 25) here.green.status = here.blue.status = 500;
    });
    expect(end).toMatchObject({ verdict: 'unknown', at: 25 });
    expect((await here.routing.describe()).weights).toEqual(at(25));
    await here.load.stop();
  });

  it('goes on from the step that stands when it is begun again', async () => {
    const here = await stage();
    await here.routing.setWeights({ to: at(50), from: [at(0)] });
    const steps: number[] = [];
    await switchOver(here, (green) => steps.push(green));
    expect(steps).toEqual([50, 100]);
    // Writes of the steps, and of none twice.
    expect(here.calls.filter((call) => call === 'ModifyRule')).toHaveLength(3);
    expect((await here.load.stop()).failed).toBe(0);
  });

  it('stays at the last step that went through when the load balancer refuses the next', async () => {
    const here = await stage();
    here.elb.api.store.tags.get(here.elb.ruleArn)?.set('elbv2.k8s.aws/cluster', 'prod');
    await expect(switchOver(here)).rejects.toMatchObject({ type: 'PlatformRefused' });
    expect((await here.routing.describe()).weights).toEqual(at(0));
    expect((await here.load.stop()).failed).toBe(0);
  });
});
