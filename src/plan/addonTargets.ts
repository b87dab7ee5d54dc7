import type { OfferedAddonVersion } from './observation.ts';
import { compareVersions } from './versions.ts';

/** What to decide an add-on's version for one hop from. */
export interface AddonQuestion {
  /** Full version before the hop's add-on stage. */
  installed: string;
  /** What EKS offers for the hop's Kubernetes version. */
  offered: readonly OfferedAddonVersion[];
  /** The request's version. */
  wanted?: string | undefined;
  /** True when this is the upgrade's last hop, the one that the request's version is for. */
  lastHop: boolean;
  /** What the plan that is being carried out has chosen for this hop: its version, the installed one when it keeps it. */
  approved?: string | undefined;
}

/** `stuck`: the installed version is not offered for the hop, and nothing newer is. */
export type AddonAnswer =
  { kind: 'keep' } | { kind: 'change'; to: string } | { kind: 'stuck' } | { kind: 'not-offered' };

/**
 * The version that an add-on gets in a hop, or that it keeps. `DescribeAddonVersions` is the authority on what fits.
 *
 * - The request's version stands in the last hop; `not-offered` when EKS does not offer it there. On the way to it no
 *   hop goes beyond it where that can be helped, so that nothing is upgraded only to be taken back.
 * - The choice of an approved plan is kept while it is still offered and not older than what is installed.
 * - Otherwise EKS's default for the hop's version, never older than what is installed: a newer one stays while it is
 *   offered, or moves to the nearest newer one that is.
 */
export function addonTarget(question: AddonQuestion): AddonAnswer {
  const { installed, offered, wanted, lastHop, approved } = question;
  const isOffered = (version: string) => offered.some((offer) => offer.version === version);
  if (wanted !== undefined && lastHop) {
    return isOffered(wanted) ? moveTo(installed, wanted) : { kind: 'not-offered' };
  }
  if (approved !== undefined && isOffered(approved) && compareVersions(approved, installed) >= 0) {
    return moveTo(installed, approved);
  }
  const byDefault = defaultTarget(installed, offered);
  if (wanted === undefined || byDefault.kind !== 'change' || compareVersions(byDefault.to, wanted) <= 0) {
    return byDefault;
  }
  const notBeyond = offered
    .map((offer) => offer.version)
    .filter((version) => compareVersions(version, wanted) <= 0 && compareVersions(version, installed) >= 0)
    .sort(compareVersions)
    .at(-1);
  return notBeyond === undefined ? byDefault : moveTo(installed, notBeyond);
}

function defaultTarget(installed: string, offered: readonly OfferedAddonVersion[]): AddonAnswer {
  const byDefault = offered.find((offer) => offer.isDefault)?.version;
  if (byDefault !== undefined && compareVersions(byDefault, installed) >= 0) {
    return moveTo(installed, byDefault);
  }
  if (offered.some((offer) => offer.version === installed)) return { kind: 'keep' };
  const newer = offered
    .map((offer) => offer.version)
    .filter((version) => compareVersions(version, installed) > 0)
    .sort(compareVersions)[0];
  return newer === undefined ? { kind: 'stuck' } : { kind: 'change', to: newer };
}

function moveTo(installed: string, to: string): AddonAnswer {
  return installed === to ? { kind: 'keep' } : { kind: 'change', to };
}
