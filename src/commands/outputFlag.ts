import { Option } from 'commander';
import type { Command } from 'commander';

/** `-o json`, on the commands that print data. */
export function addOutputFlag(command: Command, json: string, text = 'text for people'): Command {
  return command.addOption(
    new Option('-o, --output <format>', `text: ${text}; json: ${json}`)
      .choices(['text', 'json'])
      .default('text'),
  );
}

export interface OutputOptions {
  output: 'text' | 'json';
}
