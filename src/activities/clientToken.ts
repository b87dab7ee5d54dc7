import { createHash } from 'node:crypto';

/**
 * The token by which EKS knows a change that is sent again: the same for the same try of the same step in the same
 * upgrade, whichever worker sends it. 64 characters, which is as many as EKS takes.
 *
 * @param runId run ID of the root's first run
 * @param step what is changed: `control-plane`
 * @param target where to, with what else tells this change from a like one in the same upgrade
 * @param attempt goes up after an update that ended
 */
export function clientToken(runId: string, step: string, target: readonly string[], attempt: number): string {
  return createHash('sha256')
    .update(JSON.stringify([runId, step, target, attempt]))
    .digest('hex');
}
