import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EksAccount, EksService, MutationRecord } from '../eks-api/index.ts';
import { answer, withBody } from './controlAnswers.ts';
import { NodeFleet, imageOf } from '../eks-api/nodeFleet.ts';
import type { UpdateTarget } from '../eks-api/updates.ts';
import type { SimulatedCluster } from './cluster/cluster.ts';
import type { SimulatedClusters } from './clusters.ts';
import { faultsSchema } from '../scenario/faultsSchema.ts';
import { scenarioSchema } from '../scenario/scenario.ts';
import { insightOf } from '../scenario/eksState.ts';

/** What can be looked at and changed from another process. */
export interface Controlled {
  clusters: SimulatedClusters;
  account: EksAccount;
  journal: readonly MutationRecord[];
  /** Operations that are answered with AccessDeniedException. */
  denied: Set<string>;
}

const credentialsSchema = z.strictObject({ refused: z.boolean() });
const deniedSchema = z.strictObject({ operations: z.array(z.string().min(1)) });
const speedSchema = z.strictObject({ speed: z.number().positive().max(100_000) });
const statusSchema = z.strictObject({
  status: z.enum(['CREATING', 'ACTIVE', 'DELETING', 'FAILED', 'UPDATING', 'PENDING']),
});
const insightsSchema = z.strictObject({ insights: scenarioSchema.shape.insights.unwrap() });
const modifiedSchema = z.strictObject({ modifiedFields: z.array(z.string().min(1)) });
const nodeSchema = z.strictObject({ answers: z.boolean() });
const updateSchema = z.strictObject({
  type: z.enum(['LoggingUpdate', 'VpcConfigUpdate', 'VersionUpdate', 'ConfigUpdate', 'AddonUpdate']),
  seconds: z.number().min(0),
  nodegroupName: z.string().optional(),
  addonName: z.string().optional(),
});

/**
 * Adds the control endpoint to the EKS API's server, under `/_simulator`. Each call is about the first cluster, or the
 * one that `?cluster=NAME` names. docs/simulator.md describes it.
 */
export function addControlRoutes(server: FastifyInstance, controlled: Controlled): void {
  const { clusters, account, journal, denied } = controlled;
  const faults = new Map<string, () => void>();
  let faultsMade = 0;

  server.get('/_simulator', (request, reply) =>
    answer(reply, () => {
      const { cluster, service } = meant(controlled, request);
      return {
        cluster: service.cluster.name,
        clusters: account.clusters().map((each) => each.cluster.name),
        version: service.cluster.version,
        apiServerVersions: cluster.apiServerVersions(),
        now: cluster.clock.now().toISOString(),
        speed: cluster.clock.speed,
        faults: [...faults.keys()],
        denied: [...denied],
      };
    }),
  );
  server.get('/_simulator/journal', (request) => {
    const name = clusterIn(request);
    return name === undefined ? journal : journal.filter(({ cluster }) => cluster === name);
  });

  server.post('/_simulator/faults', (request, reply) =>
    withBody(faultsSchema, request, reply, (settings) => {
      const id = `fault-${++faultsMade}`;
      const name = clusterIn(request);
      // A cluster that is named need not be there yet.
      const turnOff =
        name === undefined
          ? clusters.first.cluster.faults.turnOn(settings)
          : clusters.turnOnFaults(name, settings);
      faults.set(id, turnOff);
      return { id };
    }),
  );
  server.delete<{ Params: { id: string } }>('/_simulator/faults/:id', (request, reply) => {
    const turnOff = faults.get(request.params.id);
    if (turnOff === undefined) return reply.code(404).send({ message: 'There is no such fault.' });
    turnOff();
    faults.delete(request.params.id);
    return {};
  });
  server.delete('/_simulator/faults', () => {
    faults.clear();
    clusters.clearFaults();
    return {};
  });

  server.put('/_simulator/credentials', (request, reply) =>
    withBody(credentialsSchema, request, reply, ({ refused }) =>
      clusters.first.cluster.faults.refuseCredentials(refused),
    ),
  );
  server.put('/_simulator/denied', (request, reply) =>
    withBody(deniedSchema, request, reply, ({ operations }) => {
      denied.clear();
      for (const operation of operations) denied.add(operation);
    }),
  );
  server.put('/_simulator/speed', (request, reply) =>
    withBody(speedSchema, request, reply, ({ speed }) => clusters.setSpeed(speed)),
  );
  server.put('/_simulator/cluster-status', (request, reply) =>
    withBody(statusSchema, request, reply, ({ status }) => {
      meant(controlled, request).service.cluster.status = status;
    }),
  );
  server.put('/_simulator/insights', (request, reply) =>
    withBody(insightsSchema, request, reply, ({ insights }) => {
      const { cluster, service } = meant(controlled, request);
      const now = cluster.clock.now();
      service.insights.next = insights.map((insight) => insightOf(insight, now));
    }),
  );
  server.put<{ Params: { name: string } }>('/_simulator/addons/:name/modified-fields', (request, reply) =>
    withBody(modifiedSchema, request, reply, ({ modifiedFields }) => {
      meant(controlled, request).service.findAddon(request.params.name).modifiedFields = modifiedFields;
    }),
  );
  server.put<{ Params: { name: string } }>('/_simulator/nodes/:name', (request, reply) =>
    withBody(nodeSchema, request, reply, ({ answers }) => {
      const { name } = request.params;
      const { cluster } = meant(controlled, request);
      if (answers) cluster.machines.recover(name);
      else cluster.machines.fail(name);
    }),
  );
  server.delete<{ Params: { name: string }; Querystring: { replaced?: string } }>(
    '/_simulator/nodes/:name',
    (request, reply) =>
      answer(reply, () => {
        const replaced = request.query.replaced !== 'false';
        if (!endMachine(meant(controlled, request), request.params.name, replaced))
          throw new Error('There is no such node of a managed node group.');
        return {};
      }),
  );
  server.post('/_simulator/updates', (request, reply) =>
    withBody(updateSchema, request, reply, ({ type, seconds, nodegroupName, addonName }) => {
      const { service } = meant(controlled, request);
      const target: UpdateTarget =
        nodegroupName !== undefined
          ? { kind: 'node-group', name: service.findNodeGroup(nodegroupName).name }
          : addonName !== undefined
            ? { kind: 'add-on', name: service.findAddon(addonName).name }
            : { kind: 'cluster' };
      const update = service.updates.start({
        target,
        type,
        params: [],
        work: (signal) => service.pause(seconds, signal),
      });
      return { updateId: update.id };
    }),
  );
}

/** A cluster, as the simulator has it and as EKS knows it. */
interface Meant {
  cluster: SimulatedCluster;
  service: EksService;
}

/** The cluster that a call names. Throws when there is none of that name. */
function meant({ clusters, account }: Controlled, request: FastifyRequest): Meant {
  const name = clusterIn(request);
  if (name === undefined) return { cluster: clusters.first.cluster, service: account.first };
  const cluster = clusters.find(name)?.cluster;
  const service = account.peek(name);
  if (cluster === undefined || service === undefined)
    throw new Error(`There is no cluster ${name} in this simulator.`);
  return { cluster, service };
}

export function clusterIn({ query }: FastifyRequest): string | undefined {
  const name: unknown =
    typeof query === 'object' && query !== null ? Reflect.get(query, 'cluster') : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Ends a machine behind everybody's back; its Auto Scaling group notices, and orders another. */
function endMachine({ cluster, service }: Meant, name: string, replaced: boolean): boolean {
  const nodeGroup = cluster.machines.nodeGroupOf(name);
  const group = nodeGroup === undefined ? undefined : service.nodeGroups.get(nodeGroup);
  if (group === undefined) return false;
  const goes = group.leaving.has(name);
  cluster.machines.terminate(name);
  if (!goes && replaced) {
    service.updates.background(async () => {
      await new NodeFleet(service, group).launch(1, imageOf(group));
    });
  }
  return true;
}
