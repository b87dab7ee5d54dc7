/** One stored revision of a Helm release, by its labels. */
export interface StoredRevision {
  namespace: string;
  /** Name of the Secret or ConfigMap. */
  object: string;
  release: string;
  revision: number;
  /** Helm's status: `deployed`, `superseded`, `failed`, `pending-upgrade`, `uninstalled` … */
  status: string;
}

/** What such a revision has put into the cluster is gone again, or was replaced by a later one's. */
const past: ReadonlySet<string> = new Set(['superseded', 'uninstalled', 'uninstalling']);

/**
 * Of each release the revision that the next `helm upgrade` compares with: the newest deployed one. A newer one that
 * is pending or has failed counts as well, since it may be what is in the cluster; older ones are history.
 */
export function newestRevisions(revisions: readonly StoredRevision[]): StoredRevision[] {
  const releases = new Map<string, StoredRevision[]>();
  for (const each of revisions) {
    if (past.has(each.status)) continue;
    const key = `${each.namespace}/${each.release}`;
    releases.set(key, [...(releases.get(key) ?? []), each]);
  }
  return [...releases.values()].flatMap((all) => {
    const newestFirst = all.toSorted((one, other) => other.revision - one.revision);
    const deployed = newestFirst.find(({ status }) => status === 'deployed');
    const [newest] = newestFirst;
    return [deployed, newest === deployed ? undefined : newest].filter((each) => each !== undefined);
  });
}
