/** The refusals of a Kubernetes API server, worded as it words them. */
import type { GroupResource } from './types.ts';
import { StatusError } from './types.ts';

/** `deployments.apps`, or `pods` for the core group. */
export function qualifiedResource(resource: GroupResource): string {
  return resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
}

export const notFound = (resource: GroupResource, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${qualifiedResource(resource)} "${name}" not found`);

export function alreadyExists(resource: GroupResource, name: string): StatusError {
  const error = new StatusError(
    409,
    'AlreadyExists',
    `${qualifiedResource(resource)} "${name}" already exists`,
  );
  error.objectName = name;
  return error;
}

export const conflict = (resource: GroupResource, name: string, why: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedResource(resource)} "${name}": ${why}`,
  );

/** Each problem: the field's path and what is wrong with it. */
export const invalid = (
  kind: string,
  name: string,
  problems: { field: string; message: string }[],
): StatusError =>
  new StatusError(
    422,
    'Invalid',
    `${kind} "${name}" is invalid: ${problems.map(({ field, message }) => `${field}: ${message}`).join(', ')}`,
    problems.map(({ field, message }) => ({ reason: 'FieldValueInvalid', field, message })),
  );

export const isStatus = (error: unknown, reason: string): boolean =>
  error instanceof StatusError && error.reason === reason;
