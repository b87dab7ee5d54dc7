export type { AccessKey } from './accessKeys.ts';
export { defaultAddonVersion, isOffered } from './addonCatalogue.ts';
export type * from './infrastructure.ts';
export type { MutationRecord } from './journal.ts';
export { startEksApi } from './server.ts';
export type { CallInterruption, EksApi, EksApiOptions } from './server.ts';
export type { EksService, UpdateFault, UpdateKind } from './service.ts';
export { defaultTimings } from './state.ts';
export type * from './state.ts';
