import { join } from 'node:path';
import type { ClusterAccess } from './kubeconfig.ts';

/**
 * What helm and the programs that it calls (credential helpers of registries, plug-ins that download) need of our
 * environment: where things lie, how to get out, whom to trust, and the cloud's credentials for a registry. Nothing of
 * Temporal's, and no HELM_* variable that would lead it elsewhere or change what it does.
 */
const passed = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TMP|TEMP|LANG|LC_\w+|TZ)$/,
  /^XDG_\w+$/,
  /^(HTTPS?_PROXY|NO_PROXY|ALL_PROXY)$/i,
  /^SSL_CERT_(FILE|DIR)$/,
  /^(AWS|AZURE|GOOGLE|DOCKER)_\w+$/,
  /^HELM_(CONFIG_HOME|CACHE_HOME|DATA_HOME|PLUGINS|REGISTRY_CONFIG)$/,
  // Where the cluster's own users of helm keep its releases: looking elsewhere would find none.
  /^HELM_DRIVER(_SQL_CONNECTION_STRING)?$/,
  /^HELM_(QPS|BURST_LIMIT)$/,
];

/** What leads helm to another cluster, namespace or identity than the one that is meant, or makes it talk. */
const misleading =
  /^(HELM_(KUBE\w*|NAMESPACE|DEBUG|REPOSITORY_\w+|MAX_HISTORY)|TEMPORAL_\w+|STEPLADDER_\w+)$/;

/**
 * The environment of a call of helm, or of helmfile. Repositories are kept in a folder of the call, so that those of the
 * user's `helm repo` are neither needed nor changed; the login of a registry is the user's.
 *
 * @param own our own environment
 * @param folder private folder of this call
 * @param access the cluster that it is for, if any
 * @param whole true for helmfile, whose files may read any variable: all but what misleads is passed
 */
export function helmEnvironment(
  own: NodeJS.ProcessEnv,
  folder: string,
  access?: ClusterAccess,
  whole = false,
): Record<string, string> {
  // A kubeconfig's exec plug-in is any program, which may need any variable.
  const all = whole || access?.credentials === 'kubeconfig';
  const kept = Object.entries(own).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || misleading.test(name)) return [];
    return all || passed.some((pattern) => pattern.test(name)) ? [[name, value]] : [];
  });
  return {
    ...Object.fromEntries(kept),
    HELM_REPOSITORY_CONFIG: join(folder, 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(folder, 'repository'),
    // What an API server offers is asked for anew: a list that is kept for hours is stale right after an upgrade.
    KUBECACHEDIR: join(folder, 'discovery'),
    ...access?.variables,
    ...(access?.credentials === 'ours' ? direct(own, access.endpoint) : {}),
  };
}

/** We talk to the cluster ourselves without a proxy; so does helm. */
function direct(own: NodeJS.ProcessEnv, endpoint: string): Record<string, string> {
  const { hostname } = new URL(endpoint);
  const without = [own['NO_PROXY'] ?? own['no_proxy'], hostname].filter(Boolean).join(',');
  return { NO_PROXY: without, no_proxy: without };
}
