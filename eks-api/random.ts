import { createHash } from 'node:crypto';

/** Numbers from 0 (inclusive) to 1 (exclusive) that follow from a seed. */
export type Random = () => number;

/** A generator (mulberry32): the same seed gives the same numbers, so that a run can be repeated. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A version 4 UUID from the generator. */
export function randomUuid(random: Random): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const nibble = Math.floor(random() * 16);
    return (place === 'x' ? nibble : (nibble & 3) | 8).toString(16);
  });
}

/** Hexadecimal digits that follow from a text, for IDs that must be the same in each run. */
export function stableHex(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/** A UUID that follows from a text. */
export function stableUuid(text: string): string {
  const hex = stableHex(text, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Takes one element at random. Undefined for none. */
export function pickRandom<T>(random: Random, from: readonly T[]): T | undefined {
  return from[Math.floor(random() * from.length)];
}
