import { inPath, pageInQuery } from '../call.ts';
import type { Call } from '../call.ts';
import { page } from '../pagination.ts';
import type { EksService } from '../service.ts';

/** ListFargateProfiles: the names. There is nothing else of them here. */
export function listFargateProfiles(service: EksService, call: Call) {
  service.findCluster(inPath(call, 'clusterName'), call.region);
  const { entries, nextToken } = page(service.fargateProfiles, 'fargate-profiles', pageInQuery(call));
  return { fargateProfileNames: entries, nextToken };
}

/** ListIdentityProviderConfigs. */
export function listIdentityProviderConfigs(service: EksService, call: Call) {
  service.findCluster(inPath(call, 'clusterName'), call.region);
  const { entries, nextToken } = page(service.identityProviders, 'identity-providers', pageInQuery(call));
  return { identityProviderConfigs: entries.map((name) => ({ type: 'oidc', name })), nextToken };
}

/** ListCapabilities: what EKS runs for the cluster outside it, a managed Argo CD, say. */
export function listCapabilities(service: EksService, call: Call) {
  service.findCluster(inPath(call, 'clusterName'), call.region);
  const { entries, nextToken } = page(service.capabilities, 'capabilities', pageInQuery(call));
  return { capabilities: entries, nextToken };
}
