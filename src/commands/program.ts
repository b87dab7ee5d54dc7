import { Command } from 'commander';
import { createRequire } from 'node:module';
import type { AddCommand, CommandContext } from './command.ts';
import { errorText } from './errorText.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import type { ExitCode } from './exitCodes.ts';
import type { Terminal } from './terminal.ts';

/**
 * In the order in which `--help` lists them. Each is loaded when it is called, because what some of them stand on takes
 * longer to load than others take to run.
 */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  demo: async () => (await import('./demo.ts')).addDemo,
  worker: async () => (await import('./worker.ts')).addWorker,
  plan: async () => (await import('./plan.ts')).addPlan,
  check: async () => (await import('./check.ts')).addCheck,
  'crd-diff': async () => (await import('./crdDiff.ts')).addCrdDiff,
  tool: async () => (await import('./tool.ts')).addTool,
  start: async () => (await import('./start.ts')).addStart,
  watch: async () => (await import('./watch.ts')).addWatch,
  status: async () => (await import('./status.ts')).addStatus,
  approve: async () => (await import('./approve.ts')).addApprove,
  reject: async () => (await import('./reject.ts')).addReject,
  decide: async () => (await import('./decide.ts')).addDecide,
  pause: async () => (await import('./pause.ts')).addPause,
  resume: async () => (await import('./resume.ts')).addResume,
  abort: async () => (await import('./abort.ts')).addAbort,
  rollback: async () => (await import('./rollback.ts')).addRollback,
  report: async () => (await import('./report.ts')).addReport,
  simulator: async () => (await import('./simulator.ts')).addSimulator,
  lab: async () => (await import('./lab.ts')).addLab,
};

const about = [
  'Upgrades Kubernetes clusters (Amazon EKS first) as durable Temporal workflows, one minor version at a time.',
  'Data goes to standard output, progress to standard error.',
  'Exit codes: 0 done, 1 failed, 2 bad usage; `plan` and `check` also 3 blockers, 4 unknowns, 5 warnings.',
].join('\n\n');

/**
 * The command line.
 *
 * @param called the command that is called; without it, or when there is none of that name, all are there
 */
async function buildProgram(context: CommandContext, called = ''): Promise<Command> {
  const { terminal } = context;
  const program = new Command('stepladder')
    .description(about)
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError('(--help tells more)')
    // So that a command may have a flag of a name that the program has one of: `tool --version`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    });
  const wanted = Object.hasOwn(commands, called) ? [called] : Object.keys(commands);
  for (const name of wanted) (await commands[name]?.())?.(program, context);
  return program;
}

/**
 * Runs one command line and resolves with the exit code. Never rejects.
 *
 * @param args without the names of node and the script
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  try {
    const program = await buildProgram({ terminal, endWith: (ending) => (code = ending) }, args[0]);
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
