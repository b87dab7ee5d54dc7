import type { ToolChange } from '../contract/tools.ts';
import type { CrdDocument } from './types.ts';
import { withVersions } from './versionsOfTool.ts';
import type { VersionsWork } from './versionsOfTool.ts';

/**
 * The CRDs that a planned change brings, rendered with the release's values as they are now.
 *
 * @throws StepladderError as `withVersions` and its `crdsOf`
 */
export function crdsOfChange(
  work: VersionsWork,
  { release, namespace, source, driver, from, to, values }: ToolChange,
): Promise<CrdDocument[]> {
  const wanted = { release, namespace, source, driver, values, installed: from?.version };
  return withVersions(work, wanted, (versions) => versions.crdsOf(to.version));
}
