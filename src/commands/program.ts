import { Command } from 'commander';
import { createRequire } from 'node:module';
import { addAbort } from './abort.ts';
import { addApprove } from './approve.ts';
import type { AddCommand, CommandContext } from './command.ts';
import { addDemo } from './demo.ts';
import { errorText } from './errorText.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import type { ExitCode } from './exitCodes.ts';
import { addLab } from './lab.ts';
import { addPause } from './pause.ts';
import { addPlan } from './plan.ts';
import { addReject } from './reject.ts';
import { addReport } from './report.ts';
import { addResume } from './resume.ts';
import { addSimulator } from './simulator.ts';
import { addStart } from './start.ts';
import { addStatus } from './status.ts';
import type { Terminal } from './terminal.ts';
import { addWatch } from './watch.ts';
import { addWorker } from './worker.ts';

/** In the order in which `--help` lists them. */
const commands: readonly AddCommand[] = [
  addDemo,
  addWorker,
  addPlan,
  addStart,
  addWatch,
  addStatus,
  addApprove,
  addReject,
  addPause,
  addResume,
  addAbort,
  addReport,
  addSimulator,
  addLab,
];

const about = [
  'Upgrades Kubernetes clusters (Amazon EKS first) as durable Temporal workflows, one minor version at a time.',
  'Data goes to standard output, progress to standard error.',
  'Exit codes: 0 done, 1 failed, 2 bad usage; `plan` also 3 blockers, 4 unknowns, 5 warnings.',
].join('\n\n');

/** The whole command line. */
export function buildProgram(context: CommandContext): Command {
  const { terminal } = context;
  const program = new Command('stepladder')
    .description(about)
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    });
  for (const add of commands) add(program, context);
  return program;
}

/**
 * Runs one command line and resolves with the exit code. Never rejects.
 *
 * @param args without the names of node and the script
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const program = buildProgram({ terminal, endWith: (ending) => (code = ending) });
  try {
    if (args.length === 0) {
      terminal.note(program.helpInformation());
      return exitCodes.badUsage;
    }
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    const text = errorText(error, (terminal.env['STEPLADDER_DEBUG'] ?? '') !== '');
    if (text !== undefined) terminal.note(text);
    return exitCodeOf(error);
  }
}

function version(): string {
  // From the source as well as from dist/src/commands the package.json is found by its name.
  const require = createRequire(import.meta.url);
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      return (require(place) as { version: string }).version;
    } catch {
      // Not there: this is the other layout.
    }
  }
  return 'unknown';
}
