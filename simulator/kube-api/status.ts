/** The Status objects and errors that the API server itself answers with. */
import type { StatusCause } from '../cluster/types.ts';
import { StatusError } from '../cluster/types.ts';

/** What a Status says about the object that the request was for. */
export interface StatusSubject {
  name?: string | undefined;
  group?: string | undefined;
  /** The resource's plural name, which is what the field `kind` of a Status's details holds. */
  kind?: string | undefined;
  uid?: string | undefined;
}

interface StatusDetails extends StatusSubject {
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

export function failure(error: StatusError, subject: StatusSubject = {}): Status {
  const details: StatusDetails = {
    // What has no reason is told without its subject, too.
    ...(error.reason === '' ? {} : subject),
    ...(error.objectName === undefined ? {} : { name: error.objectName }),
    ...(error.causes.length > 0 ? { causes: error.causes } : {}),
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...(Object.keys(details).length > 0 ? { details } : {}),
    code: error.code,
  };
}

export function success(code: number, details?: StatusSubject): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    ...(details === undefined ? {} : { details }),
    code,
  };
}

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const unauthorized = (): StatusError => new StatusError(401, 'Unauthorized', 'Unauthorized');

export const notFoundPath = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource');

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');

export const notAcceptable = (supported: string[]): StatusError =>
  new StatusError(
    406,
    'NotAcceptable',
    `only the following media types are accepted: ${supported.join(', ')}`,
  );

export const unsupportedMediaType = (supported: string[]): StatusError =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`,
  );

export const expired = (message: string): StatusError => new StatusError(410, 'Expired', message);

/** A value that can't be accepted; `field` is its path. */
export const invalidValue = (subject: string, field: string, message: string): StatusError =>
  new StatusError(422, 'Invalid', `${subject} is invalid: ${field}: ${message}`, [
    { reason: 'FieldValueInvalid', field, message },
  ]);
