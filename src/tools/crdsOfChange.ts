import type { ToolChange } from '../contract/tools.ts';
import { refuseOtherContent } from './approvedContent.ts';
import type { CrdDocument } from './types.ts';
import { withVersions } from './versionsOfTool.ts';
import type { VersionsWork } from './versionsOfTool.ts';

/**
 * The CRDs that a planned change brings, rendered with the release's values as they are now.
 *
 * @throws StepladderError `ToolRefused` when the chart is another than the plan's; as `withVersions` and its `crdsOf`
 */
export function crdsOfChange(work: VersionsWork, change: ToolChange): Promise<CrdDocument[]> {
  const { release, namespace, source, driver, from, to, values } = change;
  const wanted = { release, namespace, source, driver, values, installed: from?.version };
  return withVersions(work, wanted, async (versions) => {
    refuseOtherContent(change, await versions.contentSha256(to.version));
    return versions.crdsOf(to.version);
  });
}
