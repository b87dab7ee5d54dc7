export { observeDeprecatedRequests } from './deprecatedRequests.ts';
export { observeHelmReleases } from './helmReleases.ts';
export { insightUses } from './insightUses.ts';
export { observeLiveApiUses } from './observeLiveApiUses.ts';
export { observeLiveObjects } from './liveObjects.ts';
