import { z } from 'zod';
import { inPath, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { EksError, invalidParameter } from '../errors.ts';
import { blockingInsights } from '../insightFilter.ts';
import type { EksService } from '../service.ts';
import { param } from '../updates.ts';
import { findVersion, minorOf } from '../versions.ts';
import { refuseWhileUpdating } from '../updateInProgress.ts';

const bodySchema = z.object({ version: z.string().optional(), force: z.boolean().optional() });

/**
 * UpdateClusterVersion: up by one minor, and only when nothing else is being updated.
 *
 * @throws EksError as EKS refuses: ResourceNotFoundException, InvalidParameterException (skip, downgrade, unknown
 * version), ResourceInUseException (an update in progress), InvalidRequestException (nodes too old, cluster not
 * active), InvalidStateException (insights, without force)
 */
export function updateClusterVersion(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'name'), call.region);
  const { version: to, force } = readBody(bodySchema, call);
  const subject = { clusterName: cluster.name };
  if (to === undefined || to === '') {
    throw invalidParameter('The Kubernetes version to update to must be given.', subject);
  }
  refuseWhileUpdating(service, 'VersionUpdate', { kind: 'cluster' });
  if (cluster.status !== 'ACTIVE') {
    throw new EksError(
      'InvalidRequestException',
      `Cluster ${cluster.name} is not in ACTIVE status (it is ${cluster.status}).`,
      subject,
    );
  }
  const from = cluster.version;
  const known = findVersion(to);
  if (known === undefined || (known.status === 'UNSUPPORTED' && minorOf(to) > minorOf(from))) {
    throw invalidParameter(`unsupported Kubernetes version ${to}`, subject);
  }
  if (to === from) {
    throw invalidParameter(`Cluster is already at the desired configuration with version ${to}`, subject);
  }
  if (minorOf(to) !== minorOf(from) + 1) {
    throw invalidParameter(`Unsupported Kubernetes minor version update from ${from} to ${to}`, subject);
  }
  refuseOldNodes(service, to);
  const blocking = blockingInsights(service.insights.shown, to);
  if (blocking.length > 0 && force !== true) {
    throw new EksError(
      'InvalidStateException',
      `Upgrade readiness issues detected: ${blocking.map(({ name }) => name).join('; ')}. ` +
        'Resolve the insights in error, or use the force flag to update in spite of them.',
      subject,
    );
  }
  const update = service.updates.start({
    target: { kind: 'cluster' },
    type: 'VersionUpdate',
    params: [param('Version', to), param('PlatformVersion', known.platformVersion)],
    work: (signal) => upgrade(service, to, signal),
  });
  return () => ({ update });
}

async function upgrade(service: EksService, to: string, signal: AbortSignal): Promise<void> {
  const { cluster, infrastructure } = service;
  cluster.status = 'UPDATING';
  try {
    await service.failIfMeantTo('VersionUpdate', cluster.name, signal);
    await infrastructure.upgradeControlPlane(to, signal);
    cluster.version = to;
  } finally {
    // Whether it succeeded is said by the update alone.
    cluster.status = 'ACTIVE';
  }
  await service.pause(service.timings.settle, signal);
}

/** Kubelets may be a few minors behind their control plane and no more; EKS looks at its own node groups. */
function refuseOldNodes(service: EksService, to: string): void {
  const tooOld = [...service.nodeGroups.values()].filter(
    (group) => minorOf(to) - minorOf(group.version) > service.maxKubeletLag,
  );
  if (tooOld.length === 0) return;
  throw new EksError(
    'InvalidRequestException',
    `Nodegroups ${tooOld.map(({ name, version }) => `${name} (${version})`).join(', ')} must be updated before ` +
      `cluster ${service.cluster.name} can be updated to ${to}`,
    { clusterName: service.cluster.name },
  );
}
