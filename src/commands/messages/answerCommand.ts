import type { Command } from 'commander';
import type { CommandContext } from '../command.ts';
import { findUpgrade } from '../findUpgrade.ts';
import { withTemporal } from '../temporalClient.ts';
import { addUpgradeArgument } from '../upgradeArgument.ts';
import type { UpgradeOptions } from '../upgradeArgument.ts';
import type { AnswerOptions } from './answerGate.ts';
import type { Verdict } from './sendAnswer.ts';

/** `approve` and `reject` differ in one word. */
export function addAnswerCommand(
  program: Command,
  { terminal, endWith }: CommandContext,
  verdict: Verdict,
  description: string,
): void {
  addUpgradeArgument(program.command(verdict).description(description))
    .option('--gate <name>', 'plan, hop, workers, cutover or retire (default: the one that is open)')
    .option('--digest <digest>', 'what you have seen: at least its first 8 characters')
    .option('--by <name>', 'your name (default: your login name)')
    .option('--comment <text>', 'what the report shall say beside it')
    .action(async (workflowId: string | undefined, options: UpgradeOptions & AnswerOptions) => {
      const { answerGate } = await import('./answerGate.ts');
      const code = await withTemporal(async ({ client }) => {
        const id = await findUpgrade(client, { workflowId, cluster: options.cluster, orEnded: false });
        return answerGate(client, id, verdict, options, terminal);
      });
      endWith(code);
    });
}
