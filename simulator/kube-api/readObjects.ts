/** get and list */
import type { Answer, ResourceCall } from './call.ts';
import { negotiateRepresentation } from './contentNegotiation.ts';
import { readListOptions } from './listOptions.ts';
import type { Representation } from './representation.ts';
import { representation } from './representation.ts';
import { readTableOptions } from './tableOptions.ts';

export function getObject(call: ResourceCall, name: string): Answer {
  const { backend, served, path } = call;
  const form = requestedForm(call);
  const object = backend.store.get(served.storage, path.namespace, name);
  return { code: 200, text: form.object(object), contentType: form.contentType };
}

export function listObjects(call: ResourceCall): Answer {
  const { pages, served, path, query } = call;
  const form = requestedForm(call);
  const page = pages.list(served.storage, path.namespace, readListOptions(query, served));
  return { code: 200, text: form.list(page), contentType: form.contentType };
}

/** The form in which the answer is wanted. Throws StatusError 406 or 400. */
export function requestedForm({ headers, served, query, backend }: ResourceCall): Representation {
  return representation(
    negotiateRepresentation(headers.accept),
    served,
    readTableOptions(query, backend.clock),
  );
}
