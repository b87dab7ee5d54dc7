import { bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { payloadConverterPath } from './dataConverter.ts';
import { temporalLogger } from './logger.ts';

/** Name of the bundle that `npm run build` makes, in `dist/`. */
export const builtBundleName = 'workflow-bundle.js';

/**
 * The workflows as a worker wants them. A built installation has them bundled; a checkout bundles its sources anew
 * (a few seconds), so that an old bundle lying around never runs in place of the code that one sees.
 */
export async function loadWorkflowBundle(log: Logger): Promise<WorkflowBundleOption> {
  if (import.meta.filename.endsWith('.ts')) {
    return {
      code: await bundleWorkflows(join(import.meta.dirname, '../workflows/index.ts'), log),
    };
  }
  const codePath = join(import.meta.dirname, '../..', builtBundleName);
  if (!existsSync(codePath))
    throw new Error(`The workflow bundle ${codePath} is missing. Make it: npm run build`);
  return { codePath };
}

/**
 * Bundles workflows with our payload converter. Names are kept as they are, because retry policies compare errors by
 * the names of their types.
 *
 * @param workflowsPath module that exports the workflows
 */
export async function bundleWorkflows(workflowsPath: string, log: Logger): Promise<string> {
  const started = Date.now();
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath,
    logger: temporalLogger(log.child({}, { level: log.isLevelEnabled('debug') ? 'debug' : 'warn' })),
  });
  log.info({ milliseconds: Date.now() - started, bytes: code.length }, 'Workflows bundled');
  return code;
}
