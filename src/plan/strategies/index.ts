export { compareStrategies, RollEstimates } from './compareStrategies.ts';
export { estimateDefaults } from './estimate.ts';
export { inPlaceUndo } from './inPlace.ts';
