export { awaitToolWell } from './awaitToolWell.ts';
export type { AwaitToolOptions, ToolWellness } from './awaitToolWell.ts';
export { compareToolStates } from './compareToolStates.ts';
export type { LooksBetween } from './compareToolStates.ts';
export { lookAtTool } from './lookAtTool.ts';
export type { ToolPlace } from './lookAtTool.ts';
export { toolStateSchema } from './toolState.ts';
export type { StateComparison, ToolState } from './toolState.ts';
