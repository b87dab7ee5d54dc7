export { startLoad } from './loadGenerator.ts';
export type { Load, LoadCount } from './loadGenerator.ts';
export { startPodStandIns } from './podStandIns.ts';
export type { PodStandIns } from './podStandIns.ts';
export { PodTargets } from './podTargets.ts';
export { startElbApi } from './server.ts';
export type { ElbApi, ElbApiOptions } from './server.ts';
export type * from './setup.ts';
export { ElbStore } from './store.ts';
