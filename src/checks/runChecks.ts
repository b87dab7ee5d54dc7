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

/** Every check. Another one is a file and a line here. */
const checks: readonly Check[] = [
  permissions,
  versionSkew,
  clusterState,
  endOfSupport,
  addonCompatibility,
  addonState,
  selfManagedAddons,
  nodeGroups,
  replacedGroups,
  nodes,
  unmanagedNodesCheck,
  knownChanges,
  freeAddresses,
  budgets,
  overlappingBudgets,
  stalledWaves,
  fit,
  disruption,
  brokenWorkloads,
  apiServices,
  webhooks,
  storedVersions,
  insights,
  rollbackReadiness,
  removedApis,
  tools,
  unseen,
  leftBehind,
  monitoring,
];

/**
 * What all checks find, and overrides without effect; worst first, then by check and subject.
 *
 * @param ignoredAtMost what an ignored finding counts as; in a plan it is shown to whoever approves it
 */
export function runChecks(input: CheckInput, ignoredAtMost: 'warning' | 'info' = 'warning'): Finding[] {
  return runSome(checks, input, ignoredAtMost);
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
