import type { Command } from 'commander';
import type { CommandContext } from '../command.ts';
import { findUpgrade } from '../findUpgrade.ts';
import { withTemporal } from '../temporalClient.ts';
import { addUpgradeArgument } from '../upgradeArgument.ts';
import type { UpgradeOptions } from '../upgradeArgument.ts';
import { speaker } from './speaker.ts';

/** `pause`, `resume`, `abort` and `rollback` differ in what they are called. */
export function addRemarkCommand(
  program: Command,
  { terminal }: CommandContext,
  name: 'pause' | 'resume' | 'abort' | 'rollback',
  description: string,
): void {
  addUpgradeArgument(program.command(name).description(description))
    .option('--by <name>', 'your name (default: your login name)')
    .option('--comment <text>', 'what the report shall say beside it')
    .action(
      async (workflowId: string | undefined, options: UpgradeOptions & { by?: string; comment?: string }) => {
        const { sendRemark } = await import('./sendRemark.ts');
        const { comment } = options;
        const by = speaker(options.by, terminal);
        await withTemporal(async ({ client }) => {
          const id = await findUpgrade(client, { workflowId, cluster: options.cluster, orEnded: false });
          const remark = { by, ...(comment === undefined ? {} : { comment }) };
          const { how, message } = await sendRemark(client, id, name, remark);
          if (how === 'accepted') terminal.print(message);
          else terminal.note(message);
        });
      },
    );
}
