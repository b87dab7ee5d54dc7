import { z } from 'zod';
import { inPath, inQuery, pageInQuery, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { refuseUnlessBuilt } from '../clusterStatus.ts';
import { EksError } from '../errors.ts';
import { page } from '../pagination.ts';
import { describePodIdentityRecord, podIdentityRecord } from '../podIdentityRecord.ts';
import type { PodIdentityRecord } from '../podIdentityRecord.ts';
import type { EksService } from '../service.ts';
import { refuseBadTags } from '../tagLimits.ts';

const roleArn = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/);
const createSchema = z.object({
  namespace: z.string().min(1),
  serviceAccount: z.string().min(1),
  roleArn,
  tags: z.record(z.string(), z.string()).optional(),
  disableSessionTags: z.boolean().optional(),
  targetRoleArn: roleArn.optional(),
});
const updateSchema = createSchema
  .partial()
  .pick({ roleArn: true, disableSessionTags: true, targetRoleArn: true });

/**
 * CreatePodIdentityAssociation: gives an IAM role to the Pods of a service account.
 *
 * @throws EksError ResourceInUseException (the service account has one), InvalidRequestException
 */
export function createPodIdentityAssociation(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const body = readBody(createSchema, call);
  refuseUnlessBuilt(service, 'CreatePodIdentityAssociation');
  refuseBadTags(body.tags ?? {});
  const { tags, disableSessionTags, targetRoleArn, ...rest } = body;
  const record = addPodIdentity(service, {
    ...rest,
    ...(tags === undefined ? {} : { tags }),
    ...(disableSessionTags === undefined ? {} : { disableSessionTags }),
    ...(targetRoleArn === undefined ? {} : { targetRoleArn }),
  });
  return () => ({ association: describePodIdentityRecord(record, cluster.name) });
}

/** @throws EksError ResourceInUseException */
export function addPodIdentity(
  service: EksService,
  state: Parameters<typeof podIdentityRecord>[1],
): PodIdentityRecord {
  const { cluster, podIdentities, infrastructure } = service;
  const { namespace, serviceAccount } = state;
  const taken = [...podIdentities.values()].find(
    (record) => record.namespace === namespace && record.serviceAccount === serviceAccount,
  );
  if (taken !== undefined) {
    throw new EksError('ResourceInUseException', `Association already exists: ${taken.id}`, {
      clusterName: cluster.name,
    });
  }
  const record = podIdentityRecord(cluster, state, infrastructure.clock.now());
  podIdentities.set(record.id, record);
  return record;
}

/** DescribePodIdentityAssociation. */
export function describePodIdentityAssociation(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  return { association: describePodIdentityRecord(find(service, call), cluster.name) };
}

/** ListPodIdentityAssociations, narrowed by namespace and service account. */
export function listPodIdentityAssociations(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const namespace = inQuery(call, 'namespace');
  const serviceAccount = inQuery(call, 'serviceAccount');
  const found = [...service.podIdentities.values()].filter(
    (record) =>
      (namespace === undefined || record.namespace === namespace) &&
      (serviceAccount === undefined || record.serviceAccount === serviceAccount),
  );
  const of = `pod-identity-associations/${namespace ?? ''}/${serviceAccount ?? ''}`;
  const { entries, nextToken } = page(found, of, pageInQuery(call));
  return { associations: entries.map((record) => summaryOf(record, cluster.name)), nextToken };
}

/** UpdatePodIdentityAssociation; what is not given stays. */
export function updatePodIdentityAssociation(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const record = find(service, call);
  const body = readBody(updateSchema, call);
  record.roleArn = body.roleArn ?? record.roleArn;
  record.disableSessionTags = body.disableSessionTags ?? record.disableSessionTags;
  record.targetRoleArn = body.targetRoleArn ?? record.targetRoleArn;
  record.modifiedAt = service.infrastructure.clock.now();
  return () => ({ association: describePodIdentityRecord(record, cluster.name) });
}

/** DeletePodIdentityAssociation. */
export function deletePodIdentityAssociation(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const record = find(service, call);
  service.podIdentities.delete(record.id);
  return () => ({ association: describePodIdentityRecord(record, cluster.name) });
}

function find(service: EksService, call: Call): PodIdentityRecord {
  const id = inPath(call, 'associationId');
  const found = service.podIdentities.get(id);
  if (found !== undefined) return found;
  throw new EksError('ResourceNotFoundException', `Association ${id} does not exist`, {
    clusterName: service.cluster.name,
  });
}

function summaryOf(record: PodIdentityRecord, clusterName: string) {
  const { namespace, serviceAccount, associationArn, associationId, ownerArn } = describePodIdentityRecord(
    record,
    clusterName,
  );
  return { clusterName, namespace, serviceAccount, associationArn, associationId, ownerArn };
}
