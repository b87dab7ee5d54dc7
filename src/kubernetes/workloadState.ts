/** How one owner of Pods stands: what is kept in a baseline and compared with a later look. */
export interface WorkloadState {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  /** True when everything that its owner wants is there and Ready, or it is done. */
  well: boolean;
  /** Why it is not well, one line: `1 of 3 Pods Ready: web-abc ImagePullBackOff`. */
  reason?: string;
  /** Pods. */
  wanted: number;
  ready: number;
  /** True for what goes by itself or can't be told from it (Jobs, bare Pods …): its being gone breaks nothing. */
  shortLived?: true;
}

/** One line for people: `Deployment shop/web: 1 of 3 Pods Ready: web-abc ImagePullBackOff`. */
export function describeWorkload(state: WorkloadState): string {
  const name = `${state.kind} ${state.namespace}/${state.name}`;
  return `${name}: ${state.reason ?? `${state.ready} of ${state.wanted} Pods Ready`}`;
}
