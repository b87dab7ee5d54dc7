import { loadBalancerArns } from '../../../scenario/loadBalancers.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { CommandFailed } from '../exitCodes.ts';

/** Real time: what asks over the network does not go faster with the cluster's clock. */
const probeEvery = '200ms';

/** Where the users of the demo's migration come in, and by what they are sent over. */
export interface DemoRoute {
  /** Name of the load balancer. */
  loadBalancer: string;
  /** Name of the new cluster. */
  green: string;
  migration: Record<string, unknown>;
}

/** Simulated time. Who plays gets time to look at a step, and to go back; who only watches has seen it at once. */
const paces = {
  watched: { soak: '5m', keepOldFor: '5m' },
  played: { soak: '40m', keepOldFor: '20h' },
};

/**
 * The migration that the demo starts, by the scenario's first load balancer that stands before its cluster and before one
 * that is not there yet.
 *
 * @param pace `played` where a person starts it, and wants to look around meanwhile
 * @throws CommandFailed for a scenario without one
 */
export function demoMigration(scenario: Scenario, pace: keyof typeof paces = 'watched'): DemoRoute {
  const { soak, keepOldFor } = paces[pace];
  const { name } = scenario.cluster;
  for (const { name: loadBalancer, rule, targetGroups } of loadBalancerArns(scenario)) {
    const blue = targetGroups.find(({ cluster }) => cluster === name);
    const green = targetGroups.find(({ cluster }) => cluster !== name);
    if (blue === undefined || green === undefined) continue;
    const { namespace, service, port, cluster } = green;
    const target = { service: { namespace, name: service, port } };
    const probe = { green: target, every: probeEvery, expectText: `"cluster":"${cluster}"` };
    return {
      loadBalancer,
      green: cluster,
      migration: {
        green: { name: cluster },
        routing: { alb: { rule, blue: blue.arn, green: green.arn } },
        volumes: { '*': 'empty' },
        singletons: singletonsOf(scenario),
        probes: [
          { ...probe, name: service },
          { ...probe, name: `${service} health`, path: '/healthz' },
        ],
        // Shortened like everything by as much as the cluster is faster, and asked no more often than the machine likes.
        steps: { soak, lookEvery: '1m' },
        // Shortened that is two minutes: a busy machine may need them, however fast the cluster is.
        healthyTimeout: '4h',
        keepOldFor,
      },
    };
  }
  throw new CommandFailed(
    `The scenario has no load balancer before cluster ${name} and a cluster that is yet to be made. Give it one in \`loadBalancers\`, as docs/scenario.md says.`,
  );
}

/** Workloads that the scenario marks with the label `singleton`. */
const singletonsOf = ({ workloads }: Scenario) =>
  workloads
    .filter(
      ({ kind, labels }) => ['Deployment', 'StatefulSet'].includes(kind) && labels['singleton'] === 'true',
    )
    .map(({ kind, namespace, name }) => ({ kind, namespace, name }));
