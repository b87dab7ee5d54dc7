import { blockingFindings } from '../../checks/index.ts';
import { summarizeFindings } from '../../contract/finding.ts';
import { readRequest } from '../../contract/request.ts';
import type { Request } from '../../contract/request.ts';
import { exitCodeOfPlan, exitCodes, UsageError } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import { styleOf } from '../rendering/style.ts';
import { toolView } from '../rendering/toolView.ts';
import type { ToolPlan } from '../rendering/toolView.ts';
import { wantedTools } from '../../tools/choice/wantedTools.ts';
import { confirm } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { untilTold } from '../untilTold.ts';
import { changeTool } from './changeTool.ts';
import type { ToolEnding } from './carryOutTool.ts';
import { withSite } from './openSite.ts';
import type { ToolSite } from './openSite.ts';
import { requestOfTool } from './options.ts';
import type { ToolAction, ToolOptions } from './options.ts';
import { planTool } from './planTool.ts';

/**
 * Plans one tool, and installs or upgrades it when a person says so.
 *
 * @throws UsageError; StepladderError as observing a tool does
 */
export async function runTool(
  action: ToolAction,
  name: string,
  options: ToolOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const request = readRequest('upgradeTool', requestOfTool(name, options));
  const [wanted] = wantedTools(request.tools ?? []);
  if (wanted === undefined) throw new UsageError('Which tool?');
  if (action !== 'plan' && options.yes !== true && !terminal.interactive) {
    throw new UsageError(
      `There is no terminal to ask on. Look at \`stepladder tool plan ${name} …\` first, and give --yes to have it done without being asked.`,
    );
  }
  const told = untilTold();
  try {
    return await withSite(request.cluster, options.cluster !== undefined, async (site) => {
      terminal.note(`Looking at ${name} …`);
      const plan = await planTool(site, wanted, action, { terminal, signal: told.signal });
      return action === 'plan'
        ? tellPlan(plan, options, terminal)
        : await doPlanned(site, request, plan, action, options, terminal, told.signal);
    });
  } catch (error) {
    if (!told.signal.aborted) throw error;
    terminal.note('Interrupted. Nothing was changed.');
    return exitCodes.failed;
  } finally {
    told.release();
  }
}

/** Shows the plan, asks, and does it. Never rejects once something was changed. */
async function doPlanned(
  site: ToolSite,
  request: Request,
  plan: ToolPlan,
  action: Exclude<ToolAction, 'plan'>,
  options: ToolOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { change, findings, observed } = plan;
  const { name } = observed.wanted;
  const blocking = blockingFindings(findings, []);
  // What is printed is the outcome: the way there is progress.
  terminal.note(toolView(plan, styleOf(terminal.colors.err)));
  if (blocking.length > 0) {
    terminal.note('Nothing was changed.');
    return exitCodeOfPlan(findings, blocking);
  }
  if (change === undefined) {
    return tellEnding({ outcome: 'done', stands: 'Nothing had to be done.' }, options, terminal);
  }
  const question = `${action === 'install' ? 'Install' : 'Upgrade'} ${name}?`;
  if (options.yes !== true && !(await confirm(terminal, question, { orNothing: true, signal }))) {
    return tellEnding({ outcome: 'stopped', stands: 'Nothing was changed.' }, options, terminal);
  }
  return tellEnding(await changeTool(site, request, change, terminal, signal), options, terminal);
}

function tellPlan(plan: ToolPlan, { output }: ToolOptions, terminal: Terminal): ExitCode {
  const { observed: tool, change, findings } = plan;
  terminal.print(
    output === 'json'
      ? JSON.stringify({ findings, summary: summarizeFindings(findings), tool, change }, null, 2)
      : toolView(plan, styleOf(terminal.colors.out)),
  );
  return exitCodeOfPlan(findings, blockingFindings(findings, []));
}

function tellEnding(ending: ToolEnding, { output }: ToolOptions, terminal: Terminal): ExitCode {
  const { outcome, why = '', stands } = ending;
  if (output === 'json') terminal.print(JSON.stringify(ending, null, 2));
  else terminal.print([why, stands].filter((text) => text !== '').join('\n'));
  return outcome === 'done' ? exitCodes.done : exitCodes.failed;
}
