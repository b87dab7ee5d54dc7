import type { Finding } from '../contract/finding.ts';
import { addonCompatibility } from './addonCompatibility.ts';
import { addonState } from './addonState.ts';
import { apiServices } from './apiServices.ts';
import { brokenWorkloads } from './brokenWorkloads.ts';
import { budgets } from './budgets/budgets.ts';
import { overlappingBudgets } from './budgets/overlappingBudgets.ts';
import { stalledWaves } from './budgets/stalledWaves.ts';
import type { Check, CheckInput } from './check.ts';
import { clusterState } from './clusterState.ts';
import { disruption } from './disruption.ts';
import { endOfSupport } from './endOfSupport.ts';
import { fit } from './fit.ts';
import { freeAddresses } from './freeAddresses.ts';
import { inOrder } from './inOrder.ts';
import { applyIgnoreRules } from './ignoring/applyIgnoreRules.ts';
import { insights } from './insights.ts';
import { knownChanges } from './knownChanges.ts';
import { leftBehind } from './leftBehind.ts';
import { migrationChecks } from './migration/index.ts';
import { monitoring } from './monitoring/index.ts';
import { nodeGroups } from './nodeGroups.ts';
import { nodes } from './nodes.ts';
import { idleOverrides } from './overrides.ts';
import { permissions } from './permissions.ts';
import { replacedGroups } from './replacedGroups.ts';
import { rollbackReadiness } from './rollbackReadiness.ts';
import { removedApis } from './removedApis/index.ts';
import { selfManagedAddons } from './selfManagedAddons.ts';
import { storedVersions } from './storedVersions.ts';
import { tools } from './tools/index.ts';
import { unmanagedNodesCheck } from './unmanagedNodes.ts';
import { unseen } from './unseen.ts';
import { versionSkew } from './versionSkew.ts';
import { webhooks } from './webhooks.ts';

/** What is judged of every plan: what is known of the old cluster holds for the new one too. */
const everywhere: readonly Check[] = [
  permissions,
  endOfSupport,
  knownChanges,
  brokenWorkloads,
  apiServices,
  removedApis,
  monitoring,
  unseen,
];

/**
 * What is judged of upgrades in place alone. In a migration nothing of the old cluster goes to another version, no node
 * is drained and no group is rolled, so that skew, budgets, room for moved Pods, the state of nodes and groups, and what
 * terminated upgrades have left there stand in nobody's way; objects are stored anew by copying them. What of it matters
 * to the new cluster (add-ons, nodes, addresses, tools, webhooks, insights) is judged by `migrationChecks` in its own words.
 */
const inPlace: readonly Check[] = [
  versionSkew,
  clusterState,
  addonCompatibility,
  addonState,
  selfManagedAddons,
  nodeGroups,
  replacedGroups,
  nodes,
  unmanagedNodesCheck,
  freeAddresses,
  budgets,
  overlappingBudgets,
  stalledWaves,
  fit,
  disruption,
  webhooks,
  storedVersions,
  insights,
  rollbackReadiness,
  tools,
  leftBehind,
];

/** Every check of an upgrade, and of a migration. Another one is a file and a line above. */
const ofUpgrade = [...everywhere, ...inPlace];
const ofMigration = [...everywhere, ...migrationChecks];

/**
 * What all checks find, and overrides without effect; worst first, then by check and subject.
 *
 * @param ignoredAtMost what an ignored finding counts as; in a plan it is shown to whoever approves it
 */
export function runChecks(input: CheckInput, ignoredAtMost: 'warning' | 'info' = 'warning'): Finding[] {
  if (input.request.migration === undefined) return runSome(ofUpgrade, input, ignoredAtMost);
  // All minors on the way are crossed in one hop, whichever of them a finding is about.
  return runSome(ofMigration, input, ignoredAtMost).map((finding) =>
    finding.hop === undefined ? finding : { ...finding, hop: input.plan.target },
  );
}

/** The same by some of the checks, for who has not observed all that the others stand on. */
export function runSome(
  some: readonly Check[],
  input: CheckInput,
  ignoredAtMost: 'warning' | 'info',
): Finding[] {
  const { ignoreRules = [], observedAt } = input.observation;
  const found = applyIgnoreRules(
    some.flatMap((check) => check(input)),
    { rules: ignoreRules, at: observedAt, atMost: ignoredAtMost },
  );
  return inOrder([...found, ...idleOverrides(input, found)]);
}
