import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ruleOf } from '../scenario/loadBalancers.ts';
import type { SimulatedClusters } from './clusters.ts';
import { clusterIn } from './control.ts';
import { answer, withBody } from './controlAnswers.ts';
import type { LoadBalancers } from './loadBalancers.ts';

const podsSchema = z.strictObject({ status: z.int().min(200).max(599) });
const tagsSchema = z.strictObject({ tags: z.record(z.string().min(1), z.string()) });
const loadSchema = z.strictObject({
  loadBalancer: z.string().min(1),
  users: z.int().min(1).max(100).optional(),
  pauseMs: z.number().min(0).max(60_000).optional(),
});

/** Adds what can be done to load balancers and to the Pods behind them, and users of them. docs/simulator.md describes it. */
export function addLoadBalancerRoutes(
  server: FastifyInstance,
  {
    clusters,
    loadBalancers,
  }: { clusters: SimulatedClusters; loadBalancers: () => LoadBalancers | undefined },
): void {
  const started = (): LoadBalancers => {
    const found = loadBalancers();
    if (found === undefined) throw new Error('The load balancers are not there yet.');
    return found;
  };

  server.put('/_simulator/pods', (request, reply) =>
    withBody(podsSchema, request, reply, ({ status }) => {
      const name = clusterIn(request);
      const cluster = name === undefined ? clusters.first : clusters.find(name);
      if (cluster === undefined) throw new Error(`There is no cluster ${name ?? ''} in this simulator.`);
      cluster.cluster.podAnswers.status = status;
    }),
  );
  server.put<{ Params: { name: string } }>('/_simulator/load-balancers/:name/tags', (request, reply) =>
    withBody(tagsSchema, request, reply, ({ tags }) => {
      const { store } = started().api;
      store.tags.set(ruleOf(store, request.params.name).arn, new Map(Object.entries(tags)));
    }),
  );
  server.get('/_simulator/load', (_request, reply) => answer(reply, () => started().load()));
  server.put('/_simulator/load', async (request, reply) => {
    let put: Promise<void> | undefined;
    const told = withBody(loadSchema, request, reply, ({ loadBalancer, users, pauseMs }) => {
      const load = {
        ...(users === undefined ? {} : { users }),
        ...(pauseMs === undefined ? {} : { pauseMs }),
      };
      started().address(loadBalancer);
      put = started().putLoad(loadBalancer, load);
    });
    await put;
    return told;
  });
  server.delete('/_simulator/load', async () => (await loadBalancers()?.stopLoad()) ?? {});
}
