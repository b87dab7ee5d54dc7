import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const workFolderPrefix = 'unfinished-';

/**
 * Lets `produce` make a binary, or a folder of them, in a folder of its own and moves it to `target` in one step, so that
 * an interruption leaves nothing half-made there. What was at `target` goes. What earlier interruptions left is removed first: call it only with the cache's
 * lock held.
 *
 * @param produce makes it in the folder that it is given, and returns its path
 */
export async function installIntoCache(
  cacheFolder: string,
  target: string,
  produce: (folder: string) => Promise<string>,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  for (const name of await readdir(cacheFolder)) {
    if (name.startsWith(workFolderPrefix))
      await rm(join(cacheFolder, name), { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(cacheFolder, workFolderPrefix));
  try {
    const made = await produce(folder);
    await chmod(made, 0o755);
    await rm(target, { recursive: true, force: true });
    await rename(made, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
