import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clusters } from '../../activities/clusters.ts';
import { createActivities } from '../../activities/createActivities.ts';
import type { PlanResult } from '../../contract/plan.ts';
import type { Request } from '../../contract/request.ts';
import { strategiesOf } from '../../contract/strategiesOf.ts';
import { toolsToObserve } from '../../contract/toolsToObserve.ts';
import { openFolderStore } from '../../evidence/folderStore.ts';
import type { Observation } from '../../plan/observation.ts';
import type { GivenRequest } from '../requestInput.ts';

/** What was seen, what would be done, and what was asked for. */
export interface ObservedPlan {
  observation: Observation;
  plan: PlanResult;
  request: Request;
}

/** The plan alone: see `observeAndPlan`. */
export async function planInProcess(given: GivenRequest): Promise<PlanResult> {
  return (await observeAndPlan(given)).plan;
}

/**
 * Makes the plan in this process, by the very activities that a worker would run. What they keep as evidence is
 * removed again: a plan that nobody carries out leaves nothing behind.
 *
 * @throws StepladderError as `identifyCluster`, `observeCluster` and `makePlan` do
 */
export async function observeAndPlan({ written, checked }: GivenRequest): Promise<ObservedPlan> {
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-plan-'));
  const clusters = new Clusters();
  try {
    const evidence = openFolderStore(folder);
    const activities = createActivities({ evidence, clusters });
    const workflowType = 'upgradeCluster';
    const request = await activities.readRequest({ workflowType, request: written });
    const { cluster } = checked;
    const { identity } = await activities.identifyCluster({ cluster });
    const context = { cluster, identity, evidencePrefix: `${cluster.name}/plan` };
    const { evidence: observation } = await activities.observeCluster({
      context,
      ...(request.checks === undefined ? {} : { checks: request.checks }),
      targetVersion: checked.targetVersion,
      strategies: strategiesOf(request),
      tools: toolsToObserve(request, workflowType),
      ...(request.migration === undefined ? {} : { migration: request.migration }),
    });
    const plan = await activities.makePlan({ context, workflowType, request, observation });
    // Written by the activities a moment ago: the whole result, findings and all.
    return {
      observation: (await evidence.read(observation)) as Observation,
      plan: (await evidence.read(plan.evidence)) as PlanResult,
      request,
    };
  } finally {
    await clusters.close();
    await rm(folder, { recursive: true, force: true });
  }
}
