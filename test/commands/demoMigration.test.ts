import { describe, expect, it } from 'vitest';
import { loadScenario, parseScenario } from '../../scenario/scenario.ts';
import { demoMigration } from '../../src/commands/demo/demoMigration.ts';
import { demoRequest, demoTarget } from '../../src/commands/demo/demoRequest.ts';
import { demoScenario } from '../../src/commands/demo/demoScenario.ts';
import { durationMs } from '../../src/contract/duration.ts';

const scenario = loadScenario(demoScenario);

describe('the request of the demo', () => {
  it('for a new cluster goes over three minors at once, with the users by its load balancer', () => {
    const { checked } = demoRequest(scenario, { strategy: 'blue-green' });
    expect(checked).toMatchObject({
      targetVersion: '1.34',
      workers: { strategy: 'blue-green' },
      migration: {
        green: { name: 'demo-green' },
        singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'invoicing' }],
        steps: { weights: [5, 25, 50, 100] },
      },
    });
    // Both sides are the scenario's, and green has what is asked before any user is sent there.
    expect(checked.migration?.routing).toMatchObject({
      alb: {
        rule: expect.stringContaining(':listener-rule/app/shop/'),
        blue: expect.stringContaining(':targetgroup/shop-blue/'),
        green: expect.stringContaining(':targetgroup/shop-green/'),
      },
    });
    expect(checked.migration?.probes.map(({ name }) => name)).toEqual(['storefront', 'storefront health']);
  });

  it.each(['managed', 'surge', 'in-place'])('for %s has no migration, and two hops', (strategy) => {
    const { checked } = demoRequest(scenario, { strategy });
    expect(checked).toMatchObject({ targetVersion: '1.33', workers: { strategy } });
    expect(checked.migration).toBeUndefined();
  });

  it('leaves who plays with it time to look at a step, and to send the users back', () => {
    /** Real seconds that a step and the old cluster get. */
    const pace = (stay: boolean) => {
      const { timing, migration } = demoRequest(scenario, { strategy: 'blue-green', stay }).checked;
      const real = (text = '') => (timing.scale * durationMs(text)) / 1000;
      return { step: real(migration?.steps.soak), old: real(migration?.keepOldFor) };
    };
    expect(pace(false).step).toBeLessThan(5);
    expect(pace(true).step).toBeGreaterThanOrEqual(15);
    expect(pace(true).old).toBeGreaterThanOrEqual(300);
  });

  it('goes where a person wants it to', () => {
    expect(demoTarget({ strategy: 'blue-green', target: '1.32' })).toBe('1.32');
  });

  it('needs a load balancer that stands before both clusters', () => {
    const [balancer] = scenario.loadBalancers;
    const alone = parseScenario({ cluster: { name: 'demo', version: '1.31' } });
    expect(() => demoMigration(alone)).toThrow('no load balancer before cluster demo');
    const blueOnly = { ...balancer!, targetGroups: balancer!.targetGroups.slice(0, 1) };
    expect(() => demoMigration({ ...scenario, loadBalancers: [blueOnly] })).toThrow('no load balancer');
    expect(demoMigration({ ...scenario, loadBalancers: [blueOnly, balancer!] })).toMatchObject({
      loadBalancer: 'shop',
      green: 'demo-green',
    });
  });
});
