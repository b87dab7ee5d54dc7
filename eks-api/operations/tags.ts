import { z } from 'zod';
import { inPath, listInQuery, readBody } from '../call.ts';
import type { Call } from '../call.ts';
import { EksError } from '../errors.ts';
import type { EksService } from '../service.ts';
import { refuseBadTags } from '../tagLimits.ts';

const tagSchema = z.object({ tags: z.record(z.string(), z.string()) });

/** TagResource, of the cluster, a node group or an add-on. Throws NotFoundException, BadRequestException. */
export function tagResource(service: EksService, call: Call) {
  const resource = findByArn(service, inPath(call, 'resourceArn'));
  const { tags } = readBody(tagSchema, call);
  refuseBadTags(tags, resource.tags);
  Object.assign(resource.tags, tags);
  return () => ({});
}

/** UntagResource; a tag that is not there is fine. */
export function untagResource(service: EksService, call: Call) {
  const resource = findByArn(service, inPath(call, 'resourceArn'));
  const keys = listInQuery(call, 'tagKeys');
  if (keys.length === 0) throw new EksError('BadRequestException', 'tagKeys must name at least one tag.');
  resource.tags = Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !keys.includes(key)));
  return () => ({});
}

/** ListTagsForResource. */
export function listTagsForResource(service: EksService, call: Call) {
  return { tags: findByArn(service, inPath(call, 'resourceArn')).tags };
}

function findByArn(service: EksService, arn: string): { tags: Record<string, string> } {
  const resources = [
    service.cluster,
    ...service.nodeGroups.values(),
    ...service.addons.values(),
    ...service.accessEntries.values(),
    ...service.podIdentities.values(),
  ];
  const found = resources.find((resource) => resource.arn === arn);
  if (found !== undefined) return found;
  throw new EksError('NotFoundException', `Resource not found: ${arn}`);
}
