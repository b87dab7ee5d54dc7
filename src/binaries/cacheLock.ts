import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CacheLock {
  release(): Promise<void>;
}

/** The holder renews its lock this often, and one that was not renewed for so long belongs to a dead process. */
const renewMs = 2_000;
const staleMs = 20_000;

/**
 * Waits until this process alone may fill the cache folder. A lock is a folder (made or not made, never half), kept
 * young by its holder; that works across containers, where process IDs mean nothing. Should two processes both take
 * over a dead one's lock, they only do the work twice: what they make is renamed into place whole.
 */
export async function waitForCacheLock(cacheFolder: string, log: (line: string) => void): Promise<CacheLock> {
  await mkdir(cacheFolder, { recursive: true });
  const path = join(cacheFolder, 'lock');
  let told = false;
  while (!(await make(path))) {
    const age = await ageMs(path);
    if (age !== undefined && age > staleMs) {
      await rm(path, { recursive: true, force: true });
      continue;
    }
    if (!told) log('Another process is filling the cache of programs; waiting for it.');
    told = true;
    await sleep(500);
  }
  const renewal = setInterval(() => {
    const now = new Date();
    // A lock that somebody removed can't be renewed; the work goes on, see above.
    utimes(path, now, now).catch(() => undefined);
  }, renewMs);
  renewal.unref();
  return {
    async release() {
      clearInterval(renewal);
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function ageMs(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return undefined;
  }
}
