import { StepladderError } from '../../contract/errors.ts';
import type { Probe, ProbeResult, ProbeTarget } from '../../contract/probe.ts';
import type { Router, RoutingWeights } from '../../contract/routing.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { regionOfArn } from '../../platform/eks/cluster.ts';
import type { EksAccess } from '../../platform/eks/client.ts';
import { createRouting } from '../../routing/createRouting.ts';
import { judgeSoak, judgeStep } from '../../routing/judgeStep.ts';
import { runProbe } from '../../routing/probes.ts';
import type { Routing } from '../../routing/routing.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { pause } from '../pause.ts';
import { activityScope, heartbeating } from '../scope.ts';
import type { ClusterContext } from '../types.ts';
import { lookLine } from './lookLine.ts';

type RoutingActivities = Pick<
  MigrationActivities,
  'readRouting' | 'setRoutingWeights' | 'restoreRouting' | 'probeGreen' | 'lookAtStep'
>;

/** Sends users to blue or green, and looks how both serve them. */
export function routingActivities(
  dependencies: Pick<ActivityDependencies, 'clusters' | 'env'>,
): RoutingActivities {
  const routingOf = keptRoutings();

  return {
    async readRouting({ blue, router, said }) {
      const { signal } = activityScope();
      const {
        weights,
        memento,
        addresses,
        router: name,
      } = await routingOf(blue, router, said).describe(signal);
      return {
        ...(weights === undefined ? {} : { weights }),
        ...(memento === undefined ? {} : { memento }),
        addresses,
        router: name,
      };
    },

    async setRoutingWeights({ blue, router, wish, said }) {
      return routingOf(blue, router, said).setWeights(wish, activityScope().signal);
    },

    async restoreRouting({ blue, router, before, said }) {
      return routingOf(blue, router, said).restore(before, activityScope().signal);
    },

    async probeGreen({ green, probes }) {
      const { signal } = activityScope();
      const told = new Map<string, ProbeResult>();
      const results = await heartbeating(
        async () => {
          const cluster = await openForServices(
            dependencies,
            green,
            probes.map((probe) => probe.green),
          );
          const ask = (probe: Probe) =>
            askCluster(probe, probe.green, dependencies.env, signal, {
              ...(cluster === undefined ? {} : { cluster }),
              told: (result) => told.set(result.name, result),
            });
          return Promise.all(probes.map(ask));
        },
        () => ({ line: probesLine(probes, told) }),
      );
      return { hold: results.every(({ state }) => state === 'holds'), results };
    },

    async lookAtStep({ sides, router, probes, looks, badLooks, isOver }) {
      const { signal } = activityScope();
      const once = probes.map(asOneQuestion);
      const [health, answers] = await heartbeating(async () => {
        const open = (side: 'blue' | 'green') =>
          seen(
            openForServices(
              dependencies,
              sides[side],
              once.map((probe) => probe[side]),
            ),
            () => undefined,
          );
        const [blue, green] = await Promise.all([open('blue'), open('green')]);
        const ask = (probe: Probe, target: ProbeTarget, cluster: KubernetesConnection | undefined) =>
          askCluster(probe, target, dependencies.env, signal, cluster === undefined ? {} : { cluster });
        return Promise.all([
          seen(routingOf(sides.blue, router).health(signal), (why) => ({
            blue: { state: 'unknown' as const, why },
            green: { state: 'unknown' as const, why },
          })),
          Promise.all(
            once.map(async (probe) => {
              const [onGreen, onBlue] = await Promise.all([
                ask(probe, probe.green, green),
                probe.blue === undefined ? undefined : ask(probe, probe.blue, blue),
              ]);
              return { blue: onBlue, green: onGreen };
            }),
          ),
        ]);
      });
      // What was asked while everything was being stopped says nothing.
      signal.throwIfAborted();
      const look = judgeStep({ health, probes: answers });
      const soak = judgeSoak([...looks, look], { badLooks, isOver });
      return { look, soak, line: lookLine(health, answers) };
    },
  };
}

/**
 * One question: what a single answer says of a step is weighed by the looks before it, and a look that waits would keep
 * users where they are badly served.
 */
const asOneQuestion = (probe: Probe): Probe => ({ ...probe, inARow: 1, timeLimit: '1ms' });

/**
 * What one source tells, or what is known without it: AWS being down must not keep a look from seeing that green answers
 * no user. Not being the cluster any more that it was is another matter.
 */
async function seen<T>(looking: Promise<T>, otherwise: (why: string) => T): Promise<T> {
  try {
    return await looking;
  } catch (error) {
    if (!(error instanceof StepladderError) || error.type === 'WrongCluster') throw error;
    return otherwise(error.message);
  }
}

function askCluster(
  probe: Probe,
  target: ProbeTarget,
  env: ActivityDependencies['env'],
  signal: AbortSignal,
  more: { cluster?: KubernetesConnection; told?: (result: ProbeResult) => void },
): Promise<ProbeResult> {
  const { cluster, told } = more;
  const surroundings = {
    ...(cluster === undefined ? {} : { cluster }),
    env,
    now: () => performance.now(),
    pause,
  };
  return runProbe(probe, target, surroundings, signal, told);
}

/** A cluster's API server, where what is asked of that cluster goes through it. */
async function openForServices(
  { clusters }: Pick<ActivityDependencies, 'clusters'>,
  side: ClusterContext,
  targets: readonly (ProbeTarget | undefined)[],
): Promise<KubernetesConnection | undefined> {
  if (targets.every((target) => target === undefined || typeof target === 'string')) return undefined;
  return (await clusters.open(side, activityScope().signal)).kubernetes;
}

/** How far the probes are, for whoever watches: `shop 2 in a row of 3; api not asked yet`. */
function probesLine(probes: readonly Probe[], told: ReadonlyMap<string, ProbeResult>): string {
  return probes
    .map(({ name, inARow }) => {
      const result = told.get(name);
      if (result === undefined) return `${name} not asked yet`;
      return result.state === 'fails' ? `${name} fails` : `${name} ${result.inARow} in a row of ${inARow}`;
    })
    .join('; ');
}

/** The region and the role by which blue's AWS account is asked. */
export function routingAccess({ cluster, identity }: ClusterContext): EksAccess {
  const region = cluster.region ?? regionOfArn(identity.arn);
  return { ...cluster, ...(region === undefined ? {} : { region }) };
}

/** Looks follow each other within seconds for days: each router of AWS keeps its client, and its connections. */
function keptRoutings(): (blue: ClusterContext, router: Router, said?: RoutingWeights) => Routing {
  const kept = new Map<string, Routing>();
  return (blue, router, said) => {
    const access = routingAccess(blue);
    if ('manual' in router) return createRouting(router, access, said);
    const { region, roleArn, externalId } = access;
    const key = JSON.stringify([region, roleArn, externalId, router]);
    const routing = kept.get(key) ?? createRouting(router, access, said);
    kept.set(key, routing);
    return routing;
  };
}
