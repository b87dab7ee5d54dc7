import { defaultTaskQueue } from '../contract/taskQueue.ts';
import type { AddCommand } from './command.ts';
import { addOutputFlag } from './outputFlag.ts';
import type { OutputOptions } from './outputFlag.ts';
import { addRequestFlags } from './requestFlags.ts';
import { requestOf } from './requestInput.ts';
import { withTemporal } from './temporalClient.ts';

export const addStart: AddCommand = (program, { terminal, endWith }) => {
  const command = program
    .command('start')
    .description('start an upgrade; it first plans and then waits for the approval of the plan')
    .option('--task-queue <name>', 'task queue that the workers poll', defaultTaskQueue)
    .option('--watch', 'follow it until it ends');
  addOutputFlag(addRequestFlags(command), 'one object with the workflow’s ID').action(
    async (options: Record<string, unknown> & OutputOptions & { taskQueue: string; watch?: boolean }) => {
      const request = await requestOf(options, terminal);
      const { startAndTell } = await import('./starting/startAndTell.ts');
      const code = await withTemporal((temporal) =>
        startAndTell(temporal, request, {
          taskQueue: options.taskQueue,
          watch: options.watch === true,
          json: options.output === 'json',
          terminal,
        }),
      );
      endWith(code);
    },
  );
};
