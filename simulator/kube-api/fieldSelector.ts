import type { StoredObject } from '../cluster/types.ts';
import type { ServedResource } from './servedResource.ts';
import { qualifiedName } from './servedResource.ts';
import { badRequest } from './status.ts';

export interface FieldRequirement {
  path: string;
  negated: boolean;
  value: string;
}

const everywhere = ['metadata.name', 'metadata.namespace'];

/** The fields that API servers select by, besides name and namespace, and what an absent one counts as. */
const selectableFields: Record<string, Record<string, string>> = {
  pods: {
    'spec.nodeName': '',
    'spec.restartPolicy': '',
    'spec.schedulerName': '',
    'spec.serviceAccountName': '',
    'spec.hostNetwork': 'false',
    'status.phase': '',
    'status.podIP': '',
    'status.nominatedNodeName': '',
  },
  nodes: { 'spec.unschedulable': 'false' },
  namespaces: { 'status.phase': '' },
  secrets: { type: '' },
  services: { 'spec.clusterIP': '', 'spec.type': '' },
  replicationcontrollers: { 'status.replicas': '0' },
  events: {
    'involvedObject.kind': '',
    'involvedObject.namespace': '',
    'involvedObject.name': '',
    'involvedObject.uid': '',
    'involvedObject.apiVersion': '',
    'involvedObject.resourceVersion': '',
    'involvedObject.fieldPath': '',
    reason: '',
    reportingComponent: '',
    source: '',
    type: '',
  },
  'replicasets.apps': { 'status.replicas': '0' },
  'jobs.batch': { 'status.successful': '0' },
  'certificatesigningrequests.certificates.k8s.io': { 'spec.signerName': '' },
};

/** Where a field is found when it is not where its name says. */
const actualPaths: Record<string, string> = {
  'jobs.batch status.successful': 'status.succeeded',
  'events source': 'source.component',
};

/**
 * Reads a field selector, `spec.nodeName=node-1,status.phase!=Failed`. Throws StatusError 400 when it can't be read or
 * names a field that this resource can't be selected by.
 */
export function parseFieldSelector(text: string, served: ServedResource): FieldRequirement[] {
  return splitTerms(text).map((term) => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/s.exec(term);
    const [, path = '', operator, value = ''] = match ?? [];
    if (match === null)
      throw badRequest(`unable to parse the field selector "${text}": "${term}" is not a requirement`);
    if (!isSelectable(path, served))
      throw badRequest(`field label not supported: ${path} (of ${qualifiedName(served)})`);
    return { path, negated: operator === '!=', value: value.replace(/\\([\\,=])/g, '$1') };
  });
}

export function fieldsMeet(
  requirements: FieldRequirement[],
  served: ServedResource,
  object: StoredObject,
): boolean {
  return requirements.every(
    ({ path, negated, value }) => (fieldValue(path, served, object) === value) !== negated,
  );
}

function isSelectable(path: string, served: ServedResource): boolean {
  if (everywhere.includes(path)) return true;
  if (served.custom !== undefined) return served.custom.selectableFields.includes(path);
  return Object.hasOwn(selectableFields[qualifiedName(served.storage)] ?? {}, path);
}

function fieldValue(path: string, served: ServedResource, object: StoredObject): string {
  const resource = qualifiedName(served.storage);
  let value: unknown = object;
  for (const part of (actualPaths[`${resource} ${path}`] ?? path).split('.'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  return selectableFields[resource]?.[path] ?? '';
}

/** Splits at the commas that no backslash escapes. */
function splitTerms(text: string): string[] {
  return text.split(/(?<!\\),/).filter((term) => term.trim() !== '');
}
