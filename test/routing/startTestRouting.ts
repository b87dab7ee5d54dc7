import { onTestFinished, vi } from 'vitest';
import type { ElbApiOptions, ElbSetup, ForwardSetup, LoadBalancerSetup } from '../../elb-api/index.ts';
import type { RoutingWeights } from '../../src/contract/routing.ts';
import { AlbRouting } from '../../src/routing/alb.ts';
import { AlbConnection } from '../../src/routing/albConnection.ts';
import { accessKey, exampleSetup, region, startTestElb } from '../elb-api/startTestElb.ts';
import type { TestElb } from '../elb-api/startTestElb.ts';

/** So many percent to green. */
export const at = (green: number): RoutingWeights => ({ blue: 100 - green, green });

export interface TestRouting {
  elb: TestElb;
  routing: AlbRouting;
  /** The forward action of the rule, as it stands. */
  forward: () => unknown;
  /** Names of the operations that were called, in order. */
  calls: string[];
}

/** Starts the ELB API for one test, and the routing through one of its rules. */
export async function startRouting(
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

/** An action that forwards to these. */
export const forwardTo = (...to: ForwardSetup['to']): ForwardSetup => ({ Type: 'forward', to });

/** The example with another listener, or another load balancer around it. */
export function setup(
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

/** A listener's one rule with these actions. */
export const rule = (...actions: (ForwardSetup | { Type: 'redirect' })[]) => ({
  rules: [{ priority: 10, paths: ['/*'], actions }],
});
