import { queryServer } from '../eks-api/queryServer.ts';
import type { QueryServerOptions, QueryService } from '../eks-api/queryServer.ts';
import * as change from './change.ts';
import * as look from './describe.ts';
import { HealthChecks } from './healthChecks.ts';
import { ListenerRouter } from './router.ts';
import type { ElbSetup } from './setup.ts';
import { ElbStore } from './store.ts';

const service: QueryService<ElbStore> = {
  namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  version: '2015-12-01',
  permissions: 'elasticloadbalancing',
  reads: {
    DescribeLoadBalancers: look.describeLoadBalancers,
    DescribeListeners: look.describeListeners,
    DescribeRules: look.describeRules,
    DescribeTags: look.describeTags,
    DescribeTargetGroups: look.describeTargetGroups,
    DescribeTargetHealth: look.describeTargetHealth,
  },
  changes: {
    ModifyRule: change.modifyRule,
    ModifyListener: change.modifyListener,
    CreateTargetGroup: change.createTargetGroup,
    DeleteTargetGroup: change.deleteTargetGroup,
    RegisterTargets: change.registerTargets,
    DeregisterTargets: change.deregisterTargets,
  },
  subjects: ['RuleArn', 'ListenerArn', 'TargetGroupArn', 'Name'],
};

/** `host` and credentials are those of the API; the listeners are on the same host. */
export interface ElbApiOptions extends QueryServerOptions {
  setup: ElbSetup;
  /** Milliseconds between two rounds of health checks; only when told unless given. */
  healthCheckEveryMs?: number;
}

/** The running API and its listeners. */
export interface ElbApi {
  url: string;
  store: ElbStore;
  /** One round of health checks. */
  checkTargets(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the API of Elastic Load Balancing v2 over plain HTTP, and every listener of its load balancers.
 *
 * @throws Error with code EADDRINUSE when a port is taken
 */
export async function startElbApi(options: ElbApiOptions): Promise<ElbApi> {
  const { host = '127.0.0.1' } = options;
  const store = new ElbStore(options.setup);
  const server = queryServer(service, store, options);
  const routers: ListenerRouter[] = [];
  const closeAll = async () => {
    await Promise.all([server.close(), ...routers.map((router) => router.close())]);
  };
  try {
    for (const listener of store.listeners.values()) {
      const router = new ListenerRouter(store, listener);
      await router.listen(host);
      routers.push(router);
    }
    const url = await server.listen({ host, port: options.port ?? 0 });
    const checks = new HealthChecks(store, options.healthCheckEveryMs);
    return {
      url,
      store,
      checkTargets: () => checks.checkNow(),
      async close() {
        await checks.close();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
