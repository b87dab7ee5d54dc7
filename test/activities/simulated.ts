import 'reflect-metadata';
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { scenarioSchema } from '../../scenario/scenario.ts';
import { startSimulator } from '../../simulator/start.ts';
import type { RunningSimulator } from '../../simulator/start.ts';
import { Clusters } from '../../src/activities/clusters.ts';
import { createActivities } from '../../src/activities/createActivities.ts';
import type { ClusterContext } from '../../src/activities/types.ts';
import { readRequest } from '../../src/contract/request.ts';
import type { Request } from '../../src/contract/request.ts';
import { openFolderStore } from '../../src/evidence/folderStore.ts';
import type { EvidenceStore } from '../../src/evidence/store.ts';
import { activityEnvironment } from './environment.ts';

type AllActivities = ReturnType<typeof createActivities>;
type Input<Name extends keyof AllActivities> = Parameters<AllActivities[Name]>[0];

/** A simulated cluster, and the activities as a worker has them; all ends with the test. */
export interface Simulated {
  simulator: RunningSimulator;
  evidence: EvidenceStore;
  clusters: Clusters;
  activities: AllActivities;
  request: Request;
  /** What activities are called with once the cluster is identified. */
  context: ClusterContext;
  /** Runs an activity in an environment of its own, unless one is given. */
  run: <Name extends keyof AllActivities>(
    name: Name,
    input: Input<Name>,
    environment?: MockActivityEnvironment,
  ) => Promise<Awaited<ReturnType<AllActivities[Name]>>>;
  /** Operations that EKS does not allow from now on. */
  deny: (...operations: string[]) => Promise<void>;
  /** Lets EKS be at an update that nobody of us has started. */
  otherUpdate: (update: { type: string; seconds: number; nodegroupName?: string }) => Promise<string>;
  /** Changes of EKS that were really carried out, as `UpdateClusterVersion cluster/demo`. */
  applied: () => string[];
}

interface SimulatedOptions {
  /** Simulated seconds in a real one; at 1 an update that has begun stays in progress for the whole test. */
  speed?: number;
  /** Laid over the demo's scenario. */
  scenario?: Record<string, unknown>;
}

/** Starts the demo's cluster, identified. */
export async function startSimulated(options: SimulatedOptions = {}): Promise<Simulated> {
  const { speed = 2_000, scenario = {} } = options;
  const file = await readFile(new URL('../../scenario/demo.yaml', import.meta.url), 'utf8');
  const base = parse(file) as Record<string, unknown>;
  const simulator = await startSimulator({ scenario: scenarioSchema.parse({ ...base, ...scenario }), speed });
  onTestFinished(() => simulator.close());
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(simulator.environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());

  const folder = await mkdtemp(join(tmpdir(), 'activities-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const evidence = openFolderStore(folder);
  const clusters = new Clusters();
  onTestFinished(() => clusters.close());
  const activities = createActivities({ evidence, clusters, env: {} });

  const run = async <Name extends keyof AllActivities>(
    name: Name,
    input: Input<Name>,
    environment = activityEnvironment(longEnough),
  ): Promise<Awaited<ReturnType<AllActivities[Name]>>> => {
    // Each activity takes one input, which TypeScript can't see through the generic name.
    const activity = activities[name] as unknown as (
      input: unknown,
    ) => Promise<Awaited<ReturnType<AllActivities[Name]>>>;
    const result = await environment.run<[unknown], unknown, typeof activity>(activity, input);
    return result as Awaited<ReturnType<AllActivities[Name]>>;
  };
  const cluster = { name: 'demo' };
  const { identity } = await run('identifyCluster', { cluster });
  const control = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`${simulator.eksUrl}/_simulator/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  return {
    simulator,
    evidence,
    clusters,
    activities,
    run,
    request: readRequest('upgradeCluster', { cluster, targetVersion: '1.33' }),
    context: { cluster, identity, evidencePrefix: 'demo/upgrade/run' },
    async deny(...operations) {
      await control('PUT', 'denied', { operations });
    },
    async otherUpdate(update) {
      const { updateId } = (await control('POST', 'updates', update)) as { updateId: string };
      return updateId;
    },
    applied: () =>
      simulator.journal
        .filter(({ outcome }) => outcome === 'applied')
        .map(({ operation, resource }) => `${operation} ${resource}`),
  };
}

/** The time limits of a worker's environment, instead of the mock's single second. */
export const longEnough = { startToCloseTimeoutMs: 3_600_000, scheduleToCloseTimeoutMs: 3_600_000 };
