import { randomInt } from 'node:crypto';
import { isPortFree } from '../../src/processes/ports.ts';

/**
 * Below those that systems give to outgoing connections (Linux from 32768 on, macOS from 49152): a program that takes
 * seconds to listen on its port finds that no connection has been given it meanwhile.
 */
const lowest = 20_000;
const highest = 32_000;
const tries = 1_000;

const held = new Set<number>();

/** A port of the loopback address on which one program may listen. */
export interface HeldPort {
  port: number;
  /** It may be given to another program. */
  release: () => void;
}

/**
 * A port that nobody listens on, and that is given to nobody else of this process until it is released.
 *
 * @throws Error when none was found
 */
export async function holdPort(): Promise<HeldPort> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (held.has(port)) continue;
    held.add(port);
    const release = (): void => void held.delete(port);
    if (await isPortFree(port)) return { port, release };
    release();
  }
  throw new Error(`No port between ${lowest} and ${highest} is free on this machine.`);
}
