import type { Fields } from './json.ts';
import type { ServedResource } from './servedResource.ts';
import { badRequest, invalidValue } from './status.ts';

interface NameRule {
  pattern: RegExp;
  maximum: number;
  words: string;
}

const subdomain: NameRule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  maximum: 253,
  words: 'must be a lowercase RFC 1123 subdomain',
};
const label: NameRule = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  maximum: 63,
  words: 'must be a lowercase RFC 1123 label',
};
const serviceLabel: NameRule = {
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  maximum: 63,
  words: 'must be a DNS-1035 label',
};
const pathSegment: NameRule = {
  pattern: /^(?!\.{1,2}$)[^/%]+$/,
  maximum: 253,
  words: "may not be '.' or '..', nor contain '/' or '%'",
};

function ruleOf({ group, resource }: ServedResource): NameRule {
  if (group === 'rbac.authorization.k8s.io') return pathSegment;
  if (group === '' && resource === 'namespaces') return label;
  if (group === '' && resource === 'services') return serviceLabel;
  return subdomain;
}

/** Checks the name of a new object. Throws StatusError 422. */
export function requireValidName(metadata: Fields, served: ServedResource): void {
  const { name, generateName } = metadata;
  const rule = ruleOf(served);
  const check = (field: string, value: string, shown: string): void => {
    if (value.length > rule.maximum || !rule.pattern.test(value))
      throw invalidValue(
        `${served.kind} "${typeof name === 'string' ? name : ''}"`,
        `metadata.${field}`,
        `Invalid value: "${shown}": ${rule.words}, at most ${rule.maximum} characters`,
      );
  };
  if (typeof name === 'string' && name !== '') check('name', name, name);
  else if (typeof generateName === 'string' && generateName !== '')
    // What is generated ends in letters and digits.
    check('generateName', `${generateName}x`, generateName);
}

/**
 * Checks an object's name and namespace against those of the URL. Throws StatusError 400 when they differ.
 * @param urlName undefined where the URL has none, as on creation
 */
export function requireUrlMatch(
  metadata: Fields,
  urlNamespace: string | undefined,
  urlName: string | undefined,
): void {
  const { name = '', namespace = '' } = metadata;
  if (urlName !== undefined && name !== '' && name !== urlName)
    throw badRequest(
      `the name of the object (${String(name)}) does not match the name on the URL (${urlName})`,
    );
  if (urlNamespace !== undefined && namespace !== '' && namespace !== urlNamespace)
    throw badRequest(
      `the namespace of the provided object (${String(namespace)}) does not match the namespace sent on the request (${urlNamespace})`,
    );
}
