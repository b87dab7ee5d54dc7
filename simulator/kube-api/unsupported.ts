/** What the real API server does and this one does not: each is answered with 501 and these words. */
import { StatusError } from '../cluster/types.ts';

export const unsupported = {
  serverSideApply:
    'server-side apply (application/apply-patch+yaml): field ownership is not tracked; use a JSON patch, a merge patch or a strategic merge patch',
  log: 'the subresource log: the containers of a simulated Pod write nothing',
  exec: 'the subresource exec: a simulated Pod has no processes',
  attach: 'the subresource attach: a simulated Pod has no processes',
  portforward: 'the subresource portforward: a simulated Pod has no network',
  proxy: 'the subresource proxy of Pods and nodes: ask a Service',
  binding: 'binding a Pod to a node: the simulated scheduler alone does that',
  ephemeralcontainers: 'ephemeral containers: a simulated Pod has no processes',
  resize: 'resizing a Pod in place',
  token: 'issuing service account tokens',
  finalize: 'the subresource finalize: the simulated namespace controller alone does that',
  approval: 'approving certificate signing requests: no signer is simulated',
  legacyWatch: 'the old paths /api/v1/watch/…: use the query parameter watch=true',
  openapi: 'OpenAPI documents (for kubectl use --validate=false)',
  otherSubresource: 'this subresource',
} as const;

/**
 * Differences that are not answered with an error, because requests that rely on them can't be told apart:
 * managedFields are kept as they are sent and never written; fields are not converted between versions of a kind, nor
 * checked against a schema; the only admission is what the simulated cluster's own rules ask; everybody who comes in
 * may do everything; `sendInitialEvents` is refused as by servers without the WatchList feature; RBAC, quotas,
 * priority and fairness, webhooks and audit are objects without an effect.
 */
export function notSupported(what: keyof typeof unsupported): StatusError {
  return new StatusError(
    501,
    'NotImplemented',
    `The simulated Kubernetes API does not support ${unsupported[what]}.`,
  );
}

export function isUnsupported(name: string): name is keyof typeof unsupported {
  return Object.hasOwn(unsupported, name);
}
