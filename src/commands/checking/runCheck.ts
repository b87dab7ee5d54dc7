import type { ExitCode } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import { modeOf } from './options.ts';
import type { CheckOptions } from './options.ts';
import { tellFindings } from './tellFindings.ts';

/**
 * Looks, prints what was found, and tells the worst of it by the exit code. What a way of looking does not need is not
 * loaded: files alone are looked at in a fraction of a second.
 *
 * @throws UsageError; StepladderError as observing a cluster does
 */
export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  switch (modeOf(options)) {
    case 'files': {
      const { checkFiles } = await import('./checkSources.ts');
      return tellFindings(await checkFiles(options, terminal), options.output, terminal);
    }
    case 'context': {
      const { checkContext } = await import('./checkContext.ts');
      return tellFindings(await checkContext(options, terminal), options.output, terminal);
    }
    case 'cluster': {
      const { checkCluster } = await import('./checkCluster.ts');
      return tellFindings(await checkCluster(options, terminal), options.output, terminal);
    }
  }
}
