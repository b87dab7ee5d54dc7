import type { UpdateParam } from '@aws-sdk/client-eks';
import { z } from 'zod';
import { inPath, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { invalidParameter } from '../errors.ts';
import { NodeFleet, imageOf } from '../nodeFleet.ts';
import { settleNodeGroup } from '../nodeGroupHealth.ts';
import {
  labelsSchema,
  readSizes,
  readUpdateConfig,
  scalingConfigSchema,
  taintSchema,
  updateConfigSchema,
} from '../nodeGroupInput.ts';
import type { NodeGroupRecord } from '../nodeGroupRecord.ts';
import { refuseUnlessSteady } from '../nodeGroupStatus.ts';
import type { EksService } from '../service.ts';
import { shrinkNodeGroup } from '../shrinkNodeGroup.ts';
import type { EksTaint } from '../state.ts';
import { taintFromEks } from '../taints.ts';
import { param } from '../updates.ts';
import { refuseWhileUpdating } from '../updateInProgress.ts';

const bodySchema = z.object({
  labels: z
    .object({ addOrUpdateLabels: labelsSchema.optional(), removeLabels: z.array(z.string()).optional() })
    .optional(),
  taints: z
    .object({
      addOrUpdateTaints: z.array(taintSchema).optional(),
      removeTaints: z.array(taintSchema).optional(),
    })
    .optional(),
  scalingConfig: scalingConfigSchema.optional(),
  updateConfig: updateConfigSchema.optional(),
});
type Body = z.infer<typeof bodySchema>;

/**
 * UpdateNodegroupConfig: sizes, labels, taints and how the group is updated. Labels and taints are those of nodes that
 * are launched from then on.
 *
 * @throws EksError InvalidParameterException, ResourceInUseException, ResourceNotFoundException
 */
export function updateNodeGroupConfig(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const group = service.findNodeGroup(inPath(call, 'nodegroupName'));
  const subject = { clusterName: cluster.name, nodegroupName: group.name };
  const body = readBody(bodySchema, call);
  refuseWhileUpdating(service, 'ConfigUpdate', { kind: 'node-group', name: group.name });
  refuseUnlessSteady(cluster.name, group);
  const params = paramsOf(body);
  if (params.length === 0) {
    throw invalidParameter(`No changes were given for nodegroup ${group.name}.`, subject);
  }
  const size = readSizes(body.scalingConfig, group.size, subject);
  const updateConfig =
    body.updateConfig === undefined
      ? group.updateConfig
      : readUpdateConfig(body.updateConfig, group.updateConfig, subject);
  const update = service.updates.start({
    target: { kind: 'node-group', name: group.name },
    type: 'ConfigUpdate',
    params,
    async work(signal) {
      group.status = 'UPDATING';
      const fleet = new NodeFleet(service, group);
      try {
        await service.failIfMeantTo('NodegroupConfigUpdate', group.name, signal);
        await service.pause(service.timings.nodeGroupChange, signal);
        group.labels = labelsAfter(group, body);
        group.taints = taintsAfter(group, body);
        group.updateConfig = updateConfig;
        group.size = size;
        if (body.scalingConfig !== undefined) await resize(service, group, fleet, signal);
      } finally {
        await settleNodeGroup(service, group, fleet);
      }
    },
  });
  return () => ({ update });
}

async function resize(
  service: EksService,
  group: NodeGroupRecord,
  fleet: NodeFleet,
  signal: AbortSignal,
): Promise<void> {
  const missing = group.size.desired - (await fleet.joined()).length;
  if (missing > 0) await fleet.awaitReady(await fleet.launch(missing, imageOf(group)), signal);
  else await shrinkNodeGroup(service, group, fleet, signal);
}

function labelsAfter(group: NodeGroupRecord, { labels }: Body): Record<string, string> {
  const kept = Object.entries(group.labels).filter(([key]) => !(labels?.removeLabels ?? []).includes(key));
  return { ...Object.fromEntries(kept), ...labels?.addOrUpdateLabels };
}

function taintsAfter(group: NodeGroupRecord, { taints }: Body): EksTaint[] {
  const added = (taints?.addOrUpdateTaints ?? []).map(taintFromEks);
  const gone = [...(taints?.removeTaints ?? []).map(taintFromEks), ...added];
  const kept = group.taints.filter(
    (taint) => !gone.some(({ key, effect }) => key === taint.key && effect === taint.effect),
  );
  return [...kept, ...added];
}

function paramsOf({ labels, taints, scalingConfig, updateConfig }: Body): UpdateParam[] {
  const values = {
    LabelsToAdd: jsonUnlessEmpty(labels?.addOrUpdateLabels),
    LabelsToRemove: jsonUnlessEmpty(labels?.removeLabels),
    TaintsToAdd: jsonUnlessEmpty(taints?.addOrUpdateTaints),
    TaintsToRemove: jsonUnlessEmpty(taints?.removeTaints),
    MinSize: scalingConfig?.minSize,
    MaxSize: scalingConfig?.maxSize,
    DesiredSize: scalingConfig?.desiredSize,
    MaxUnavailable: updateConfig?.maxUnavailable,
    MaxUnavailablePercentage: updateConfig?.maxUnavailablePercentage,
    UpdateStrategy: updateConfig?.updateStrategy,
  } as const;
  const params: UpdateParam[] = [];
  for (const type of Object.keys(values) as (keyof typeof values)[]) {
    const value = values[type];
    if (value !== undefined) params.push(param(type, value));
  }
  return params;
}

function jsonUnlessEmpty(value: object | undefined): string | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : JSON.stringify(value);
}
