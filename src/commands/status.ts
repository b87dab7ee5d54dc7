import type { AddCommand } from './command.ts';
import { CommandFailed } from './exitCodes.ts';
import { findUpgrade } from './findUpgrade.ts';
import { addOutputFlag } from './outputFlag.ts';
import type { OutputOptions } from './outputFlag.ts';
import { statusView } from './rendering/statusView.ts';
import { styleOf } from './rendering/style.ts';
import { withTemporal } from './temporalClient.ts';
import { addUpgradeArgument } from './upgradeArgument.ts';
import type { UpgradeOptions } from './upgradeArgument.ts';

export const addStatus: AddCommand = (program, { terminal }) => {
  const command = program.command('status').description('where an upgrade stands now');
  addOutputFlag(
    addUpgradeArgument(command),
    'the answer to the query `status`, with what stages tell',
  ).action(async (workflowId: string | undefined, { cluster, output }: UpgradeOptions & OutputOptions) => {
    const { lookAt } = await import('./following/look.ts');
    const sighting = await withTemporal(async ({ client }) =>
      lookAt(client, await findUpgrade(client, { workflowId, cluster, orEnded: true })),
    );
    if (output === 'json') terminal.print(JSON.stringify(sighting, null, 2));
    else {
      const { columns, colors } = terminal;
      terminal.print(
        statusView(sighting, { style: styleOf(colors.out), columns, now: new Date(sighting.at) }),
      );
    }
    if (sighting.status === undefined && sighting.ending === undefined) {
      throw new CommandFailed(
        `The status is a worker's answer, and none answers on task queue "${sighting.taskQueue}". The upgrade is kept by the server; start a worker (stepladder worker) and ask again.`,
      );
    }
  });
};
