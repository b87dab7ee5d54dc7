export { foldedInto } from './insightFolding.ts';
export { removedApis } from './removedApis.ts';
