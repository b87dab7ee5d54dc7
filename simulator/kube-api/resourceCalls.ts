import { reviewOf } from './accessReviews.ts';
import type { Answer, ResourceCall } from './call.ts';
import { deleteCollection, deleteObject } from './deleteObjects.ts';
import { evictPod } from './eviction.ts';
import { getObject, listObjects } from './readObjects.ts';
import { askService } from './serviceProxy.ts';
import { scaleObject } from './scale.ts';
import { methodNotAllowed, notFoundPath } from './status.ts';
import { isUnsupported, notSupported } from './unsupported.ts';
import { createObject, patchObject, updateObject } from './writeObjects.ts';

/** Answers a call for a resource; a watch is not among them. Throws StatusError. */
export function answerResourceCall(call: ResourceCall): Answer {
  const { served, path, verb } = call;
  const { name, subresource } = path;
  const review = reviewOf(call);
  if (review !== undefined) return review(call);
  if (name !== undefined && subresource !== undefined) return answerSubresource(call, name, subresource);
  if (served.group === '' && served.resource === 'bindings') throw notSupported('binding');
  if (!served.verbs.includes(verb)) throw methodNotAllowed();
  if (name === undefined)
    switch (verb) {
      case 'list':
        return listObjects(call);
      case 'create':
        return createObject(call);
      case 'deletecollection':
        return deleteCollection(call);
      default:
        throw methodNotAllowed();
    }
  switch (verb) {
    case 'get':
      return getObject(call, name);
    case 'update':
      return updateObject(call, name, false);
    case 'patch':
      return patchObject(call, name, false);
    case 'delete':
      return deleteObject(call, name);
    default:
      throw methodNotAllowed();
  }
}

function answerSubresource(call: ResourceCall, name: string, subresource: string): Answer {
  // What follows `proxy/` is the business of whoever would be proxied to.
  const [first = ''] = subresource.split('/');
  const known = call.served.subresourceNames.get(first);
  if (known === undefined) throw notFoundPath();
  if (first === 'eviction') return evictPod(call, name);
  if (first === 'proxy' && call.served.resource === 'services') return askService(call, name);
  if (first === 'scale') return scaleObject(call, name);
  if (first !== 'status') throw notSupported(isUnsupported(first) ? first : 'otherSubresource');
  switch (call.verb) {
    case 'get':
      return getObject(call, name);
    case 'update':
      return updateObject(call, name, true);
    case 'patch':
      return patchObject(call, name, true);
    default:
      throw methodNotAllowed();
  }
}
