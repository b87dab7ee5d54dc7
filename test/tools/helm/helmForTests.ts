import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import { findHelm } from '../../../src/tools/helm/binary.ts';
import type { HelmProgram } from '../../../src/tools/helm/binary.ts';

/**
 * The real helm, found or built before the first test of a file: on a machine that has never had one that takes some
 * minutes, once.
 */
export function useHelm(): () => HelmProgram {
  let helm: HelmProgram | undefined;
  beforeAll(async () => {
    helm = await findHelm({ log: (line) => console.error(`[helm] ${line}`) });
  }, 20 * 60_000);
  return () => {
    if (helm === undefined) throw new Error('helm is there once the tests have begun');
    return helm;
  };
}

/** An environment in which helm finds nothing of the user's: no repositories, no login, no cluster. */
export async function emptyHome(onEnd: (clear: () => Promise<void>) => void): Promise<NodeJS.ProcessEnv> {
  const home = await mkdtemp(join(tmpdir(), 'stepladder-home-'));
  onEnd(() => rm(home, { recursive: true, force: true }));
  return { PATH: process.env['PATH'] ?? '', HOME: home };
}
