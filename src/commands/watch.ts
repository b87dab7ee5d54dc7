import type { AddCommand } from './command.ts';
import { findUpgrade } from './findUpgrade.ts';
import { addOutputFlag } from './outputFlag.ts';
import type { OutputOptions } from './outputFlag.ts';
import { withTemporal } from './temporalClient.ts';
import { addUpgradeArgument } from './upgradeArgument.ts';
import type { UpgradeOptions } from './upgradeArgument.ts';

export const addWatch: AddCommand = (program, { terminal, endWith }) => {
  const command = program
    .command('watch')
    .description('follow an upgrade until it ends; exit code 0 only when the target was reached');
  addOutputFlag(addUpgradeArgument(command), 'one object a line for each change').action(
    async (workflowId: string | undefined, { cluster, output }: UpgradeOptions & OutputOptions) => {
      const { watchUpgrade } = await import('./following/watchUpgrade.ts');
      const code = await withTemporal(async ({ client }) =>
        watchUpgrade(client, await findUpgrade(client, { workflowId, cluster, orEnded: true }), {
          json: output === 'json',
          terminal,
        }),
      );
      endWith(code);
    },
  );
};
