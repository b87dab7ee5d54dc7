import { z } from 'zod';
import { accessEntryRecord, describeAccessEntryRecord } from '../accessEntryRecord.ts';
import type { AccessEntryRecord } from '../accessEntryRecord.ts';
import { inPath, inQuery, pageInQuery, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { refuseUnlessBuilt } from '../clusterStatus.ts';
import { EksError, invalidParameter } from '../errors.ts';
import { page } from '../pagination.ts';
import type { EksService } from '../service.ts';
import { refuseBadTags } from '../tagLimits.ts';

const groups = z.array(z.string().min(1)).max(100);
const createSchema = z.object({
  principalArn: z.string().min(1),
  type: z
    .enum(['STANDARD', 'EC2_LINUX', 'EC2_WINDOWS', 'FARGATE_LINUX', 'EC2', 'HYBRID_LINUX', 'HYPERPOD_LINUX'])
    .optional(),
  kubernetesGroups: groups.optional(),
  username: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
});
const updateSchema = createSchema.pick({ kubernetesGroups: true, username: true });

/** Beginnings of names that Kubernetes, EKS and AWS keep to themselves. */
const reserved = ['system:', 'eks:', 'aws:', 'amazon:', 'iam:'];

/**
 * CreateAccessEntry: lets an IAM principal into the cluster.
 *
 * @throws EksError ResourceInUseException (it has one), InvalidParameterException, InvalidRequestException (the
 * cluster's authentication mode knows none)
 */
export function createAccessEntry(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const body = readBody(createSchema, call);
  refuseWithoutEntries(service);
  refuseUnlessBuilt(service, 'CreateAccessEntry');
  const { principalArn, type = 'STANDARD', kubernetesGroups, username, tags } = body;
  const subject = { clusterName: cluster.name };
  if (!/^arn:aws[a-z-]*:iam::\d{12}:(user|role)\/.+$/.test(principalArn)) {
    throw invalidParameter('The specified principalArn is invalid: invalid principal.', subject);
  }
  if (type !== 'STANDARD' && (kubernetesGroups !== undefined || username !== undefined)) {
    throw invalidParameter(
      `The username and the kubernetesGroups of an access entry of type ${type} can not be specified.`,
      subject,
    );
  }
  refuseReservedNames(body, cluster.name);
  refuseBadTags(tags ?? {});
  if (service.accessEntries.has(principalArn)) {
    throw new EksError(
      'ResourceInUseException',
      'The specified access entry resource is already in use on this cluster.',
      subject,
    );
  }
  const entry = accessEntryRecord(
    cluster,
    {
      principalArn,
      type,
      ...(kubernetesGroups === undefined ? {} : { kubernetesGroups }),
      ...(username === undefined ? {} : { username }),
      ...(tags === undefined ? {} : { tags }),
    },
    service.infrastructure.clock.now(),
  );
  service.accessEntries.set(principalArn, entry);
  return () => ({ accessEntry: describeAccessEntryRecord(entry, cluster.name) });
}

/** DescribeAccessEntry. */
export function describeAccessEntry(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  return { accessEntry: describeAccessEntryRecord(findAccessEntry(service, call), cluster.name) };
}

/** ListAccessEntries: the principals, of those that have a policy where one is named. */
export function listAccessEntries(service: EksService, call: Call) {
  service.findCluster(inPath(call, 'clusterName'), call.region);
  refuseWithoutEntries(service);
  const policy = inQuery(call, 'associatedPolicyArn');
  const found = [...service.accessEntries.values()]
    .filter(({ policies }) => policy === undefined || policies.has(policy))
    .map(({ principalArn }) => principalArn);
  const { entries, nextToken } = page(found, `access-entries/${policy ?? ''}`, pageInQuery(call));
  return { accessEntries: entries, nextToken };
}

/** UpdateAccessEntry: replaces the groups, and the name where one is given. */
export function updateAccessEntry(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  const entry = findAccessEntry(service, call);
  const body = readBody(updateSchema, call);
  if (entry.type !== 'STANDARD') {
    throw invalidParameter(`An access entry of type ${entry.type} can not be updated.`, {
      clusterName: cluster.name,
    });
  }
  refuseReservedNames(body, cluster.name);
  entry.kubernetesGroups = body.kubernetesGroups ?? entry.kubernetesGroups;
  entry.username = body.username ?? entry.username;
  entry.modifiedAt = service.infrastructure.clock.now();
  return () => ({ accessEntry: describeAccessEntryRecord(entry, cluster.name) });
}

/** DeleteAccessEntry, with its policies. */
export function deleteAccessEntry(service: EksService, call: Call) {
  service.findCluster(inPath(call, 'clusterName'), call.region);
  service.accessEntries.delete(findAccessEntry(service, call).principalArn);
  return () => ({});
}

/** @throws EksError ResourceNotFoundException, InvalidRequestException */
export function findAccessEntry(service: EksService, call: Call): AccessEntryRecord {
  refuseWithoutEntries(service);
  const found = service.accessEntries.get(inPath(call, 'principalArn'));
  if (found !== undefined) return found;
  throw new EksError(
    'ResourceNotFoundException',
    "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
    { clusterName: service.cluster.name },
  );
}

function refuseWithoutEntries({ cluster }: EksService): void {
  if (cluster.settings.authenticationMode !== 'CONFIG_MAP') return;
  throw new EksError(
    'InvalidRequestException',
    "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
    { clusterName: cluster.name },
  );
}

function refuseReservedNames(
  { kubernetesGroups = [], username }: z.infer<typeof updateSchema>,
  clusterName: string,
): void {
  const names = [
    ...kubernetesGroups.map((value) => ({ what: 'kubernetes group name', value })),
    ...(username === undefined ? [] : [{ what: 'username', value: username }]),
  ];
  for (const { what, value } of names) {
    const beginning = reserved.find((prefix) => value.startsWith(prefix));
    if (beginning === undefined || (what === 'username' && value.startsWith('arn:'))) continue;
    throw invalidParameter(`The ${what} ${value} is invalid, it cannot start with ${beginning}`, {
      clusterName,
    });
  }
}
