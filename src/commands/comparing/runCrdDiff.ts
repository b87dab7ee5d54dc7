import type { CrdComparison } from '../../contract/tools.ts';
import { sourceText } from '../../tools/charts/openChartRepository.ts';
import { compareCrds } from '../../tools/crds/index.ts';
import { CommandFailed, exitCodes } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import { withSite } from '../tooling/openSite.ts';
import { comparisonText } from './comparisonText.ts';
import { clusterOf, sourceOf } from './options.ts';
import type { CrdDiffOptions } from './options.ts';
import { readCrds } from './readCrds.ts';

/**
 * Compares the CRDs of a source with a cluster's, prints what was found, and tells the worst of it by the exit code.
 *
 * @throws UsageError; CommandFailed for manifests without any CRD; StepladderError as fetching and comparing do
 */
export async function runCrdDiff(
  given: string | undefined,
  options: CrdDiffOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const source = sourceOf(given, options);
  const { cluster, inEks } = clusterOf(options);
  const name = sourceText(source);
  const { version, comparison } = await withSite(cluster, inEks, async ({ kubernetes }) => {
    const { version: read, crds } = await readCrds(source, options, kubernetes, terminal);
    if (crds.length === 0 && 'manifests' in source) {
      // A folder that was misspelled must not pass for one without a difference.
      throw new CommandFailed(`There is no CustomResourceDefinition in ${name}.`);
    }
    terminal.note(`Comparing ${crds.length} CRDs of ${name}${read === undefined ? '' : ` ${read}`} …`);
    return { version: read, comparison: await compareCrds(kubernetes, crds) };
  });
  terminal.print(
    options.output === 'json'
      ? JSON.stringify(
          { source: name, ...(version === undefined ? {} : { version }), ...comparison },
          null,
          2,
        )
      : comparisonText(comparison, terminal.colors.out),
  );
  return exitCodeOfComparison(comparison);
}

/** What could not be told is never taken for no difference (rule 11). */
export function exitCodeOfComparison({ verdict, unknown }: CrdComparison): ExitCode {
  // As blockers and warnings of a plan.
  if (verdict === 'breaking') return exitCodes.blockers;
  if (unknown.length > 0) return exitCodes.failed;
  return verdict === 'none' ? exitCodes.done : exitCodes.warnings;
}
