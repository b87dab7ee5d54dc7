import { toolFindings } from '../../checks/tools/index.ts';
import { inOrder } from '../../checks/inOrder.ts';
import type { Finding } from '../../contract/finding.ts';
import { decideInstallation, asInstallation } from '../../plan/toolInstallation.ts';
import { decideTool } from '../../plan/toolDecision.ts';
import { findHelm } from '../../tools/helm/binary.ts';
import { observeTool } from '../../tools/observeTool.ts';
import type { ObservedTool, WantedTool } from '../../tools/types.ts';
import type { ToolPlan } from '../rendering/toolView.ts';
import type { Terminal } from '../terminal.ts';
import type { ToolSite } from './openSite.ts';
import type { ToolAction } from './options.ts';

/**
 * Looks at a tool and decides what becomes of it, as an upgrade's plan does.
 *
 * @throws StepladderError as `observeTool`
 */
export async function planTool(
  { kubernetes: connection, evidence, context }: ToolSite,
  wanted: WantedTool,
  action: ToolAction,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
): Promise<ToolPlan> {
  const environment = { ...terminal.env };
  let difference: string | undefined;
  const seen = await observeTool(
    {
      ...{ connection, signal, environment },
      findHelm: () => findHelm({ environment, log: (line) => terminal.note(line) }),
      keepDifference: (tool, text) => {
        difference = text;
        return evidence.write('tool-difference', `${context.evidencePrefix}/${tool}-difference`, text, 1);
      },
    },
    wanted,
  );
  const observedAt = new Date().toISOString();
  const installs = action === 'install';
  const observed = installs ? asInstallation(seen) : seen;
  const decided = installs ? decideInstallation(observed) : decideTool(observed);
  return {
    observed,
    ...(decided.decision === 'change' ? { change: decided.change } : {}),
    findings: inOrder([
      ...toolFindings(observed, observedAt),
      ...(installs ? thereAlready(observed, observedAt) : []),
    ]),
    ...(difference === undefined ? {} : { difference }),
  };
}

/** A first installation where a release is there already. */
function thereAlready({ wanted, installed }: ObservedTool, observedAt: string): Finding[] {
  const { release } = installed;
  if (release === undefined) return [];
  return [
    {
      check: 'tool-release',
      severity: 'blocker',
      subject: { kind: 'Tool', name: wanted.name },
      message: `Release ${wanted.namespace}/${wanted.release} is there already: ${release.chart.version}, revision ${release.revision}, ${release.status}.`,
      remedy: `Upgrade it: stepladder tool upgrade ${wanted.name}.`,
      evidence: [{ source: 'Helm: newest revision of the release', observedAt }],
    },
  ];
}
