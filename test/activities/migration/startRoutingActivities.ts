import { vi } from 'vitest';
import type { ElbApiOptions } from '../../../elb-api/index.ts';
import { Clusters } from '../../../src/activities/clusters.ts';
import { routingActivities } from '../../../src/activities/migration/routing.ts';
import { withBoundary } from '../../../src/activities/boundary.ts';
import type { ClusterContext } from '../../../src/activities/types.ts';
import type { AlbRouter } from '../../../src/contract/routing.ts';
import { startRouting } from '../../routing/startTestRouting.ts';
import type { TestRouting } from '../../routing/startTestRouting.ts';
import { activityEnvironment } from '../environment.ts';
import { longEnough } from '../simulated.ts';

type Activities = ReturnType<typeof routingActivities>;

export interface StartedActivities extends TestRouting {
  router: { alb: AlbRouter };
  blue: ClusterContext;
  green: ClusterContext;
  /** What the activities have heartbeaten. */
  beats: unknown[];
  run: <Name extends keyof Activities>(
    name: Name,
    input: Parameters<Activities[Name]>[0],
  ) => Promise<Awaited<ReturnType<Activities[Name]>>>;
}

/** The routing's activities as a worker has them, with a load balancer of their own. */
export async function startRoutingActivities(
  options: Partial<ElbApiOptions> & { env?: Record<string, string>; clusters?: Pick<Clusters, 'open'> } = {},
): Promise<StartedActivities> {
  const { env = {}, clusters = new Clusters(), ...api } = options;
  const started = await startRouting(api);
  vi.stubEnv('AWS_PROFILE', undefined);
  const { elb } = started;
  const activities = withBoundary(routingActivities({ clusters: clusters as Clusters, env }));
  const beats: unknown[] = [];
  const run = async <Name extends keyof Activities>(
    name: Name,
    input: Parameters<Activities[Name]>[0],
  ): Promise<Awaited<ReturnType<Activities[Name]>>> => {
    const environment = activityEnvironment(longEnough);
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    // Each activity takes one input, which TypeScript can't see through the generic name.
    const activity = activities[name] as unknown as (
      input: unknown,
    ) => Promise<Awaited<ReturnType<Activities[Name]>>>;
    const result = await environment.run<[unknown], unknown, typeof activity>(activity, input);
    return result as Awaited<ReturnType<Activities[Name]>>;
  };
  return {
    ...started,
    router: { alb: { rule: elb.ruleArn, blue: elb.group('blue'), green: elb.group('green') } },
    blue: context('prod'),
    green: context('prod-1-34'),
    beats,
    run,
  };
}

/** A cluster that only its ARN is needed of, which tells the region. */
const context = (name: string): ClusterContext => ({
  cluster: { name },
  identity: {
    arn: `arn:aws:eks:ap-northeast-1:111122223333:cluster/${name}`,
    endpoint: 'https://127.0.0.1:1',
    certificateAuthoritySha256: 'none',
  },
  evidencePrefix: `${name}/migrate/run`,
});
