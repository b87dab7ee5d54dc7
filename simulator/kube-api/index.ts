export { knownMinorVersions } from './minor-versions.ts';
export { startKubernetesApi } from './server.ts';
export type { KubernetesApi, KubernetesApiOptions } from './server.ts';
