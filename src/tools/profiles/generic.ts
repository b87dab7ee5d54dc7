import type { ToolProfile } from './profile.ts';

/** Any other chart: release and namespace called by the tool's name; everything else is found in the cluster. */
export function generic(name: string): ToolProfile {
  return {
    name,
    title: name,
    release: name,
    namespace: name,
    charts: [],
    images: [],
    labels: [],
    installs: [],
    crds: { names: [], groups: [] },
    leases: [],
    serves: ['scheduled-jobs'],
    eventSources: [],
    finalizers: [],
    notes: [],
  };
}
