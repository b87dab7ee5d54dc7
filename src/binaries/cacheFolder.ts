import envPaths from 'env-paths';

/** Folder that fetched and built programs are kept in. */
export function defaultCacheFolder(): string {
  return envPaths('stepladder', { suffix: '' }).cache;
}
