/** Numbers from a seed: the same seed gives the same run of them. */
export type Random = () => number;

/** A generator of numbers from 0 (inclusive) to 1 (exclusive), mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Letters and digits that Kubernetes makes names of: none that could spell a word. */
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** The random end of a generated name. */
export function nameSuffix(random: Random, length = 5): string {
  let suffix = '';
  for (let index = 0; index < length; index++)
    suffix += nameAlphabet.charAt(Math.floor(random() * nameAlphabet.length));
  return suffix;
}

/** A version 4 UUID. */
export function uuid(random: Random): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const nibble = Math.floor(random() * 16);
    return (place === 'x' ? nibble : (nibble & 3) | 8).toString(16);
  });
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
