import type { Command } from 'commander';

/** The flags by which a command is told which upgrade is meant. */
export interface UpgradeOptions {
  cluster?: string;
}

/** `[workflowId]` and `--cluster`; with neither, the only upgrade that is running is meant. */
export function addUpgradeArgument(command: Command): Command {
  return command
    .argument('[workflowId]', 'the upgrade; without it the only one that is running')
    .option('--cluster <name>', 'the upgrade of this cluster');
}
