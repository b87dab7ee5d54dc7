export { admits, findUnplaceablePods, placePods } from './findUnplaceablePods.ts';
export { replacementNodes } from './replacementNodes.ts';
export type { FitQuestion } from './findUnplaceablePods.ts';
export type {
  FitNode,
  FitPod,
  NodeTerm,
  Obstacle,
  PodPlacement,
  PodTerm,
  Resources,
  SpreadConstraint,
  Taint,
  Toleration,
  UnplaceablePod,
} from './types.ts';
