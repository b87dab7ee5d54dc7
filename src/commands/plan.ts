import type { AddCommand } from './command.ts';
import { addOutputFlag } from './outputFlag.ts';
import type { OutputOptions } from './outputFlag.ts';
import { addRequestFlags } from './requestFlags.ts';
import { requestOf } from './requestInput.ts';

const description = `look at a cluster and print what an upgrade of it would do; nothing is changed, and no worker is needed

Exit codes: 0 nothing stands against it, 3 blockers, 4 unknowns (what could not be checked), 5 warnings.`;

export const addPlan: AddCommand = (program, { terminal, endWith }) => {
  const command = program
    .command('plan')
    .summary('print what an upgrade would do, without a worker')
    .description(description);
  addOutputFlag(addRequestFlags(command), '{"findings","summary","digest","hops"}').action(
    async (options: Record<string, unknown> & OutputOptions) => {
      const request = await requestOf(options, terminal);
      const { planInProcess } = await import('./planning/planInProcess.ts');
      const { tellPlan } = await import('./planning/tellPlan.ts');
      terminal.note(`Looking at cluster ${request.checked.cluster.name} …`);
      endWith(tellPlan(await planInProcess(request), options.output === 'json', terminal));
    },
  );
};
