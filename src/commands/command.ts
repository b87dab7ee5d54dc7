import type { Command } from 'commander';
import type { ExitCode } from './exitCodes.ts';
import type { Terminal } from './terminal.ts';

/** What a command is given besides its own flags. */
export interface CommandContext {
  terminal: Terminal;
  /** What the process shall end with; 0 unless a command says otherwise. */
  endWith: (code: ExitCode) => void;
}

/** Adds a command to the program. One file a command: its flags, and the call of what it does. */
export type AddCommand = (program: Command, context: CommandContext) => void;
