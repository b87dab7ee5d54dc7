import type { ToolChange } from './tools.ts';

/** What happens to a tool, in one line: `external-dns 1.14.0 → 1.15.0 (release external-dns/external-dns, by helm)`. */
export function toolText({ tool, namespace, release, from, to, driver, awaitGit, crds }: ToolChange): string {
  const versions = from === undefined ? `${to.version}, new` : `${from.version} → ${to.version}`;
  const by = awaitGit === undefined ? `by ${driver.by}` : `by Git, through ${awaitGit.application}`;
  const changed =
    crds.applied.length === 0
      ? ''
      : `, ${crds.verdict} change of ${crds.applied.length === 1 ? 'the CRD' : `${crds.applied.length} CRDs`} before it: ${crds.applied.join(', ')}`;
  return `${tool} ${versions} (release ${namespace}/${release}, ${by})${changed}`;
}
