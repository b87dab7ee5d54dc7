import { blockingFindings } from '../../checks/index.ts';
import type { PlanResult } from '../../contract/plan.ts';
import { exitCodeOfPlan } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import { planView } from '../rendering/planView.ts';
import { styleOf } from '../rendering/style.ts';
import type { Terminal } from '../terminal.ts';

/** Prints a plan, and tells by the exit code what stands against it. */
export function tellPlan(
  result: PlanResult,
  json: boolean,
  terminal: Terminal,
  now: Date = new Date(),
): ExitCode {
  const { findings, summary, digest, plan } = result;
  const blocking = blockingFindings(findings, plan.overrides);
  terminal.print(
    json
      ? JSON.stringify({ findings, summary, digest, hops: plan.hops }, null, 2)
      : planView(result, blocking, now, styleOf(terminal.colors.out)),
  );
  return exitCodeOfPlan(findings, blocking);
}
