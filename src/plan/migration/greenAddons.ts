import type { Plan, MinorVersion } from '../../contract/plan.ts';
import type { Request, RequestProblem } from '../../contract/request.ts';
import { addonTarget } from '../addonTargets.ts';
import type { Observation, OfferedAddonVersion } from '../observation.ts';
import type { ObservedMigration } from '../observedMigration.ts';
import { compareVersions } from '../versions.ts';

/**
 * On a new cluster the network comes first, because no node is Ready without it, and what Pods get their roles by comes
 * before those that want one; coredns needs nodes and so comes after what nodes need.
 */
const first = ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent', 'coredns'];

interface AddonsInput {
  observation: Observation;
  migration: ObservedMigration;
  request: Request;
  target: MinorVersion;
  approved: Plan | undefined;
}

/** What EKS offers of an add-on for the target; undefined where it could not be asked. */
export function offeredForGreen(
  { observation, migration, target }: Pick<AddonsInput, 'observation' | 'migration' | 'target'>,
  name: string,
): readonly OfferedAddonVersion[] | undefined {
  return migration.blueprint.addonVersions[name] ?? observation.addonVersions[name]?.[target];
}

/**
 * The add-ons of green, each at EKS's default for the target or at the request's version, never older than blue's. One
 * of which nobody knows what fits, or that is not offered for the target, is left out: the checks tell of it.
 *
 * @returns them in the order in which they are made, and what of the request is not offered
 */
export function greenAddons(input: AddonsInput): {
  addons: { name: string; version: string }[];
  problems: RequestProblem[];
} {
  const problems: RequestProblem[] = [];
  const addons = inOrder(input.migration.blueprint.addons).flatMap(({ name, version }) => {
    const offered = offeredForGreen(input, name);
    if (offered === undefined) return [];
    const wanted = input.request.addons.versions[name];
    const answer = addonTarget({
      ...{ installed: version, offered, wanted, lastHop: true },
      approved: approvedVersion(input.approved, name),
    });
    switch (answer.kind) {
      case 'keep':
        return [{ name, version }];
      case 'change':
        return [{ name, version: answer.to }];
      case 'stuck':
        return [];
      case 'not-offered': {
        const versions = offered.map((offer) => offer.version).sort((a, b) => compareVersions(b, a));
        problems.push({
          path: `addons.versions.${name}`,
          message: `EKS does not offer ${name} ${wanted ?? ''} for ${input.target}; it offers ${versions.join(', ') || 'none'}`,
        });
        return [];
      }
    }
  });
  return { addons, problems };
}

function inOrder<T extends { name: string }>(addons: readonly T[]): T[] {
  const place = ({ name }: T) => (first.includes(name) ? first.indexOf(name) : first.length);
  return addons.toSorted((left, right) => place(left) - place(right) || (left.name < right.name ? -1 : 1));
}

function approvedVersion(approved: Plan | undefined, addon: string): string | undefined {
  return approved?.hops
    .flatMap(({ stages }) => stages.flatMap((stage) => (stage.stage === 'green-add-ons' ? stage.addons : [])))
    .find(({ name }) => name === addon)?.version;
}
