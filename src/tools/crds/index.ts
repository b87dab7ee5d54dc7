export { applyCrds } from './applyCrds.ts';
export type { AppliedCrds, ApplyOptions } from './applyCrds.ts';
export { classifyCrd } from './classify/classifyCrd.ts';
export { worstVerdict } from './classify/change.ts';
export { compareCrds } from './compareCrds.ts';
export type { CompareOptions } from './compareCrds.ts';
export { crdsInText } from './crdDocuments.ts';
export { crdsOfManifests } from './crdsOfManifests.ts';
