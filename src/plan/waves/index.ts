export { chooseWave } from './chooseWave.ts';
export { paceOf } from './fromWorkloads.ts';
export { shrinkToFit } from './shrinkToFit.ts';
export type { ChosenWave, PaceLimit, WaveNode, WavePod, WaveQuestion } from './types.ts';
export { parallelNodes, waveSizes } from './waveSize.ts';
