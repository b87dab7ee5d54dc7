import { Option } from 'commander';
import type { Command } from 'commander';
import type { AddCommand, CommandContext } from './command.ts';
import { addOutputFlag } from './outputFlag.ts';
import type { ToolAction, ToolOptions } from './tooling/options.ts';

const description = `bring a cluster tool to another version by its chart, without a worker: from a laptop, or from a CI job

  stepladder tool plan external-dns --context prod --version 1.15.0
  stepladder tool upgrade external-dns --context prod --version latest-without-crd-diff
  stepladder tool install argo-cd --context prod --version 9.1.0 --values argocd.yaml

argo-cd, aws-load-balancer-controller, descheduler and external-dns are known; any other chart needs its source, its
release and its namespace. A tool whose CRDs would change is not upgraded in place unless --crds says so.

Exit codes: 0 done, 1 failed (and taken back), 2 bad usage, 3 blockers, 4 unknowns; for plan also 5 warnings.`;

const summaries: Record<ToolAction, string> = {
  plan: 'print what an upgrade of a tool would change; nothing is changed',
  install: 'install a tool for the first time',
  upgrade:
    'upgrade a tool, look whether it and what it serves are as well as before, and take it back if not',
};

export const addTool: AddCommand = (program, context) => {
  const tool = program
    .command('tool')
    .summary('plan, install or upgrade one cluster tool, without a worker')
    .description(description);
  for (const action of Object.keys(summaries) as ToolAction[]) addAction(tool, action, context);
};

function addAction(tool: Command, action: ToolAction, { terminal, endWith }: CommandContext): void {
  const command = tool
    .command(action)
    .summary(summaries[action])
    .description(summaries[action])
    .argument(
      '<name>',
      'which tool: argo-cd, aws-load-balancer-controller, descheduler, external-dns, or any other',
    )
    .option('--context <name>', 'kubeconfig context of the cluster')
    .option('--cluster <name>', 'EKS cluster, reached with AWS credentials')
    .option('--region <region>', 'its AWS region')
    .option('--role-arn <arn>', 'IAM role that is assumed for it')
    .option('--external-id <id>', 'external ID for that role')
    .requiredOption('--version <version>', 'version of the chart, or latest-without-crd-diff')
    .option('--repository <address>', 'Helm repository that the chart is in, with --chart')
    .option('--chart <name>', 'name of the chart in that repository')
    .option('--oci <reference>', 'chart in an OCI registry, oci://…')
    .option('--path <path>', "a chart's folder or archive; {version} in it stands for each version on offer")
    .option('--namespace <name>', 'namespace of the release')
    .option('--release <name>', 'name of the release')
    .option('--values <file...>', 'files with values, on top of those that the release has')
    .addOption(
      new Option('--crds <policy>', 'how its CRDs may differ from those of the cluster')
        .choices(['refuse', 'additive', 'allow'])
        .default('refuse'),
    )
    .option('--helmfile <file>', 'a helmfile that the tool is kept in, which does it then')
    .option('--selector <labels>', 'which of its releases, name=external-dns');
  if (action !== 'plan') {
    command
      .option(
        '--timeout <duration>',
        'how long helm may take, and changed CRDs to be established (default: 10m)',
      )
      .option('--settle-timeout <duration>', 'how long it may take to be as well as before (default: 15m)')
      .option('--yes', 'do it without being asked; needed where there is no terminal');
  }
  addOutputFlag(
    command,
    action === 'plan' ? '{"findings","summary","tool","change"}' : '{"outcome","stands",…}',
  );
  command.action(async (name: string, options: ToolOptions) => {
    const { runTool } = await import('./tooling/runTool.ts');
    endWith(await runTool(action, name, options, terminal));
  });
}
