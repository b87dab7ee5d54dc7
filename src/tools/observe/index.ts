export { observeInstalled } from './observeInstalled.ts';
export type { InstalledSight } from './observeInstalled.ts';
export { readRelease } from './readRelease.ts';
export type { SeenRelease } from './readRelease.ts';
