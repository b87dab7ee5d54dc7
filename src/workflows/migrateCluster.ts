import { upgrade } from './upgrade.ts';
import type { UpgradeResult } from './upgrade.ts';

/**
 * Moves everything to a new cluster at a later version, and the users with it (strategy `blue-green`).
 *
 * @param request the one JSON object described in docs/request.md, with `migration`
 */
export async function migrateCluster(request: unknown): Promise<UpgradeResult> {
  return upgrade('migrateCluster', request);
}
