export { knownMinorVersions } from './minorVersions.ts';
export { startKubernetesApi } from './server.ts';
export type { KubernetesApi, KubernetesApiOptions } from './server.ts';
