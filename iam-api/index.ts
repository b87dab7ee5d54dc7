export { startIamApi } from './server.ts';
export type { IamApi, IamApiOptions } from './server.ts';
export type { IamSetup, ProviderSetup, RoleSetup } from './store.ts';
