import { StepladderError } from '../contract/errors.ts';
import type { ToolChange } from '../contract/tools.ts';

/**
 * An approval covers what was shown: a chart or values that have changed since are not what people said yes to. To be
 * asked before anything of them reaches the cluster, CRDs included.
 *
 * @param found digest of what is there now; undefined where a helmfile says what is installed
 * @throws StepladderError `ToolRefused`
 */
export function refuseOtherContent(
  {
    namespace,
    release,
    to,
    contentSha256,
  }: Pick<ToolChange, 'namespace' | 'release' | 'to' | 'contentSha256'>,
  found: string | undefined,
): void {
  if (contentSha256 === undefined || found === contentSha256) return;
  const name = `${namespace}/${release}`;
  throw new StepladderError(
    'ToolRefused',
    `The chart of release ${name} at version ${to.version}, or a file with its values, is not what it was when the plan was made. Nothing of it was brought to the cluster. Start again: the new plan shows what it is now.`,
    { release: name },
  );
}
