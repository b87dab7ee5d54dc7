import { decisions } from '../contract/messages.ts';
import type { AddCommand } from './command.ts';
import { findUpgrade } from './findUpgrade.ts';
import type { DecideOptions } from './messages/decideQuestion.ts';
import { withTemporal } from './temporalClient.ts';
import { addUpgradeArgument } from './upgradeArgument.ts';
import type { UpgradeOptions } from './upgradeArgument.ts';

export const addDecide: AddCommand = (program, { terminal, endWith }) => {
  addUpgradeArgument(
    program
      .command('decide')
      .description(
        'answer what is asked beside the gates: a drain that is stuck, a guard that fails, a roll that holds, weights to set by hand, a step of a cutover of which nothing is known',
      ),
  )
    .option('--decision <word>', `one of those that are offered: ${decisions.join(', ')}`)
    .option('--digest <digest>', 'what you have seen: at least its first 8 characters')
    .option('--node <name>', 'with skip: leave only this node')
    .option(
      '--pod <namespace/name>',
      'with force and restart: only this Pod; may be repeated',
      (pod: string, earlier: string[]) => [...earlier, pod],
      [],
    )
    .option('--by <name>', 'your name (default: your login name)')
    .option('--comment <text>', 'what the report shall say beside it')
    .action(async (workflowId: string | undefined, options: UpgradeOptions & DecideOptions) => {
      const { decideQuestion } = await import('./messages/decideQuestion.ts');
      const code = await withTemporal(async ({ client }) => {
        const id = await findUpgrade(client, { workflowId, cluster: options.cluster, orEnded: false });
        return decideQuestion(client, id, options, terminal);
      });
      endWith(code);
    });
};
