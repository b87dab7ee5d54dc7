export { foldedInto } from './insightFolding.ts';
export { removedApiFindings, removedApis } from './removedApis.ts';
