import { parseDocument } from 'yaml';
import type { AddonRecord } from './addonRecord.ts';
import type { EksService } from './service.ts';
import { UpdateFailure } from './updates.ts';

/** EKS's code for an add-on whose Pods do not all run. */
export const notEnoughReplicas = 'InsufficientNumberOfReplicas';

/**
 * Brings an add-on's workload to a version and waits until it has rolled out.
 *
 * @throws UpdateFailure InsufficientNumberOfReplicas when the workload has not rolled out by the time limit
 */
export async function rollWorkload(
  service: EksService,
  addon: AddonRecord,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const { infrastructure, timings } = service;
  const done = new AbortController();
  const limit = new AbortController();
  const timer = infrastructure.clock
    .sleep(timings.addonRollLimit * 1000, AbortSignal.any([signal, done.signal]))
    .then(
      () => limit.abort(new Error(`the Pods of ${addon.name} were not Ready in time`)),
      () => undefined,
    );
  try {
    await infrastructure.rollAddon(addon.name, to, AbortSignal.any([signal, limit.signal]));
  } catch (error) {
    signal.throwIfAborted();
    const message =
      "The add-on is unhealthy because it doesn't have the desired number of replicas: " +
      (error instanceof Error ? error.message : String(error));
    const problem = { code: notEnoughReplicas, message, resourceIds: [] };
    addon.issues = [problem];
    throw new UpdateFailure(problem);
  } finally {
    done.abort();
    await timer;
  }
}

/** Configuration values are a JSON or YAML mapping. */
export function isMapping(text: string): boolean {
  const document = parseDocument(text);
  const value: unknown = document.errors.length === 0 ? document.toJS() : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
