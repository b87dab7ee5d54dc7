import { runCommandLine } from './commands/program.ts';
import { processTerminal } from './commands/terminal.ts';

// `stepladder … | head` closes our output early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await runCommandLine(process.argv.slice(2), processTerminal());
// What a library has left open must not keep the command alive; what was printed is flushed first.
process.stdout.write('', () => process.exit(code));
