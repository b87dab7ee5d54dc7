import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import { reportMarkdown } from './rendering/reportMarkdown.ts';
import { addUpgradeArgument } from './upgradeArgument.ts';
import type { UpgradeOptions } from './upgradeArgument.ts';

const description = `print the report of an upgrade that has ended; no worker is needed

It is read from the evidence folder of this machine: with a workflow ID by the key that the Temporal server knows, with
--cluster alone the newest of that cluster, without asking any server.`;

export const addReport: AddCommand = (program, { terminal }) => {
  addUpgradeArgument(
    program.command('report').summary('print the report of an upgrade').description(description),
  )
    .option(
      '--evidence <folder>',
      "the worker's evidence folder (default: STEPLADDER_EVIDENCE, or the user's data folder)",
    )
    .addOption(
      new Option('-o, --output <format>', 'markdown for reading; json: the report as it was stored')
        .choices(['markdown', 'json'])
        .default('markdown'),
    )
    .action(
      async (
        workflowId: string | undefined,
        { cluster, evidence, output }: UpgradeOptions & { evidence?: string; output: string },
      ) => {
        const { findReport } = await import('./reporting/findReport.ts');
        const report = await findReport({ workflowId, cluster, folder: evidence }, terminal);
        terminal.print(
          output === 'json' ? JSON.stringify(report, null, 2) : reportMarkdown(report).trimEnd(),
        );
      },
    );
};
