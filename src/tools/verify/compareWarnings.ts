import { nameOf } from './compareWorkloads.ts';
import type { ToolState, WarningSeen } from './toolState.ts';
import { warningKey } from './warnings.ts';

/** A warning that was not seen for so long before the change was over: when it comes again it is new. Milliseconds. */
const overMs = 10 * 60_000;

/**
 * Warnings of the tool's own that are new since before. One that came again and again before is no work of the upgrade.
 *
 * What is said of the tool's own Pods is no problem by itself once their workload is well: Pods that start and end have
 * probes that fail and mounts that wait. It is one when it goes on while the workload seems well.
 *
 * @param previous the look before this one, if it was after the change too
 */
export function compareWarnings(
  before: ToolState,
  after: ToolState,
  previous: ToolState | undefined,
): string[] {
  if (after.warnings === undefined || before.warnings === undefined) return [];
  const then = new Map(before.warnings.map((each) => [warningKey(each), each]));
  const justNow = new Map((previous?.warnings ?? []).map((each) => [warningKey(each), each]));
  return after.warnings
    .filter((warning) => isNew(warning, then.get(warningKey(warning)), before))
    .filter((warning) => {
      if (warning.workload === undefined) return true;
      if (!isWell(warning.workload, after)) return true;
      if (previous === undefined || !isWell(warning.workload, previous)) return false;
      const last = justNow.get(warningKey(warning));
      return warning.count > (last?.count ?? 0);
    })
    .map(describeWarning);
}

function isNew(warning: WarningSeen, then: WarningSeen | undefined, before: ToolState): boolean {
  if (then === undefined) return true;
  const wasOver = Date.parse(before.lookedAt) - Date.parse(then.lastSeenAt) > overMs;
  return wasOver && (warning.count > then.count || warning.lastSeenAt > then.lastSeenAt);
}

function isWell(workload: string, state: ToolState): boolean {
  return (state.workloads ?? []).some((each) => nameOf(each) === workload && each.well);
}

function describeWarning({ kind, namespace, name, reason, count, message, source }: WarningSeen): string {
  const where = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  const times = count === 1 ? '' : ` (${count} times)`;
  return `${where}: new warning ${reason}${times}${source === '' ? '' : ` by ${source}`}: ${message}`;
}
