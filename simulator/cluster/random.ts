import type { Random } from '../../eks-api/random.ts';

/** Letters and digits that Kubernetes makes names of: none that could spell a word. */
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** The random end of a generated name. */
export function nameSuffix(random: Random, length = 5): string {
  let suffix = '';
  for (let index = 0; index < length; index++)
    suffix += nameAlphabet.charAt(Math.floor(random() * nameAlphabet.length));
  return suffix;
}

/** A short name-safe hash of any JSON-like value (FNV-1a), for pod-template-hash and the like. */
export function nameHash(value: unknown): string {
  const text = JSON.stringify(value);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  let rest = hash >>> 0;
  let name = '';
  for (let index = 0; index < 10; index++) {
    name += nameAlphabet.charAt(rest % nameAlphabet.length);
    rest = (Math.imul(rest, 1_664_525) + 1_013_904_223) >>> 0;
  }
  return name;
}
