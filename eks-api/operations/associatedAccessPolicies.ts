import { z } from 'zod';
import { describePolicyRecord, policyRecord } from '../accessEntryRecord.ts';
import { accessPolicies, refuseUnknownPolicy } from '../accessPolicies.ts';
import type { EksAccount } from '../account.ts';
import { inPath, pageInQuery, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { EksError, invalidParameter } from '../errors.ts';
import { page } from '../pagination.ts';
import type { EksService } from '../service.ts';
import { findAccessEntry } from './accessEntries.ts';

const bodySchema = z.object({
  policyArn: z.string().min(1),
  accessScope: z.object({
    type: z.enum(['cluster', 'namespace']),
    namespaces: z.array(z.string()).optional(),
  }),
});

/** ListAccessPolicies: those that EKS has. */
export function listAccessPolicies(_account: EksAccount, call: Call) {
  const { entries, nextToken } = page(accessPolicies, 'access-policies', pageInQuery(call));
  return { accessPolicies: entries, nextToken };
}

/**
 * AssociateAccessPolicy: gives a policy to an access entry; one that it has gets the scope that is named now.
 *
 * @throws EksError ResourceNotFoundException, InvalidParameterException, InvalidRequestException
 */
export function associateAccessPolicy(service: EksService, call: Call) {
  const { name: clusterName } = service.findCluster(inPath(call, 'clusterName'), call.region);
  const entry = findAccessEntry(service, call);
  const { policyArn, accessScope } = readBody(bodySchema, call);
  const subject = { clusterName };
  if (entry.type !== 'STANDARD') {
    throw invalidParameter(`An access entry of type ${entry.type} can not have access policies.`, subject);
  }
  refuseUnknownPolicy(policyArn, clusterName);
  const { type, namespaces = [] } = accessScope;
  if ((type === 'namespace') !== namespaces.length > 0) {
    throw invalidParameter(
      'An access scope of type namespace needs namespaces, and one of type cluster has none.',
      subject,
    );
  }
  const now = service.infrastructure.clock.now();
  const given = policyRecord({ policyArn, ...(type === 'namespace' ? { namespaces } : {}) }, now);
  const policy = { ...given, associatedAt: entry.policies.get(policyArn)?.associatedAt ?? now };
  entry.policies.set(policyArn, policy);
  return () => ({
    clusterName,
    principalArn: entry.principalArn,
    associatedAccessPolicy: describePolicyRecord(policy),
  });
}

/** DisassociateAccessPolicy. Throws ResourceNotFoundException. */
export function disassociateAccessPolicy(service: EksService, call: Call) {
  const { name: clusterName } = service.findCluster(inPath(call, 'clusterName'), call.region);
  const entry = findAccessEntry(service, call);
  const policyArn = inPath(call, 'policyArn');
  if (!entry.policies.delete(policyArn)) {
    throw new EksError(
      'ResourceNotFoundException',
      `The specified policyArn ${policyArn} is not associated with the access entry.`,
      { clusterName },
    );
  }
  return () => ({});
}

/** ListAssociatedAccessPolicies. */
export function listAssociatedAccessPolicies(service: EksService, call: Call) {
  const { name: clusterName } = service.findCluster(inPath(call, 'clusterName'), call.region);
  const { principalArn, policies } = findAccessEntry(service, call);
  const described = [...policies.values()].map(describePolicyRecord);
  const { entries, nextToken } = page(described, `access-policies/${principalArn}`, pageInQuery(call));
  return { clusterName, principalArn, associatedAccessPolicies: entries, nextToken };
}
