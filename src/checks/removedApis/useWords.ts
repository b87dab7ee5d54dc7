import type { ApiUse } from './types.ts';
import type { UsedApi } from './usedApis.ts';

type PlaceKind = ApiUse['place']['kind'];

/** `2 manifests, 1 Helm release and requests of clients`. */
export function usedBy(uses: readonly ApiUse[]): string {
  const of = (kind: PlaceKind) => uses.filter(({ place }) => place.kind === kind);
  const releases = new Set(
    of('helm-release').map(({ place }) =>
      place.kind === 'helm-release' ? `${place.namespace}/${place.release}` : '',
    ),
  );
  const clients = clientsOf(uses);
  const parts = [
    count(of('manifest').length, 'manifest'),
    count(releases.size, 'Helm release'),
    count(of('last-applied').length, 'applied object'),
    of('api-requests').length === 0 ? '' : 'requests of clients since the API servers started',
    count(clients.length, 'client seen by EKS', 'clients seen by EKS'),
    count(of('managed-fields').length, "object's managed fields", "objects' managed fields"),
  ].filter((part) => part !== '');
  const last = parts.pop() ?? 'nothing';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

/** What each who uses it has to change. */
export function remedyOf({ state, replacement, kind }: UsedApi, uses: readonly ApiUse[]): string {
  const has = (...kinds: PlaceKind[]) => uses.some(({ place }) => kinds.includes(place.kind));
  const clients = clientsOf(uses);
  const steps = [
    replacement === undefined
      ? `There is no other version of ${kind} that takes its place: do without it${state === 'removed' ? ' before the upgrade' : ''}.`
      : `Move to ${replacement}.`,
    has('manifest') ? 'Change the manifests.' : '',
    has('last-applied') ? 'Change the manifests that the objects come from, and apply them again.' : '',
    has('helm-release')
      ? 'Upgrade the releases to charts that use it, or rewrite what Helm has stored (the plug-in mapkubeapis does): afterwards Helm can no longer read them.'
      : '',
    clients.length > 0 ? `Upgrade the clients: ${listed(clients)}.` : '',
    has('api-requests') && clients.length === 0
      ? 'Find the clients in the audit log (annotation k8s.io/deprecated) and upgrade them.'
      : '',
    has('managed-fields') ? 'See that those who wrote the fields use it no more.' : '',
  ];
  return steps.filter((step) => step !== '').join(' ');
}

function clientsOf(uses: readonly ApiUse[]): string[] {
  const names = uses.flatMap(({ place }) => (place.kind === 'eks-insight' ? [place.userAgent] : []));
  return [...new Set(names)].sort();
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

function count(number: number, one: string, many = `${one}s`): string {
  return number === 0 ? '' : `${number} ${number === 1 ? one : many}`;
}
