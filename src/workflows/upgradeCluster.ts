import { upgrade } from './upgrade.ts';
import type { UpgradeResult } from './upgrade.ts';

/**
 * Upgrades a cluster to a target version, one minor version at a time.
 *
 * @param request the one JSON object described in docs/request.md
 */
export async function upgradeCluster(request: unknown): Promise<UpgradeResult> {
  return upgrade('upgradeCluster', request);
}
