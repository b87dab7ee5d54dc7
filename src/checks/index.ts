export { findingKey } from './findingKey.ts';
export { groupFindings } from './groupFindings.ts';
export type { FindingGroup } from './groupFindings.ts';
export { blockingFindings } from './overrides.ts';
export { ownershipHints } from './ownership.ts';
export { runChecks } from './runChecks.ts';
export { unmanagedNodes } from './unmanagedNodes.ts';
export type { Check, CheckInput } from './check.ts';
