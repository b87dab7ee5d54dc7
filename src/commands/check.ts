import { Option } from 'commander';
import type { AddCommand } from './command.ts';
import type { CheckOptions, OutputFormat } from './checking/options.ts';

const description = `look for what an upgrade would break, in files, in a cluster, or both; nothing is changed, and no worker is needed

  files alone:   stepladder check --manifests deploy/ --rules rules/ --dashboards grafana/ --to 1.33
  a cluster:     stepladder check --context prod --to 1.33
  all of a plan: stepladder check --cluster prod --region eu-west-1 --to 1.33

Exit codes: 0 nothing found, 3 blockers, 4 unknowns (what could not be checked, or nothing to check), 5 warnings.`;

const formats: readonly OutputFormat[] = ['table', 'json', 'markdown', 'sarif'];

export const addCheck: AddCommand = (program, { terminal, endWith }) => {
  program
    .command('check')
    .summary('look for what an upgrade would break, in files or a cluster')
    .description(description)
    .option('--manifests <path...>', 'files and folders with manifests, - for standard input')
    .option('--rules <path...>', 'files and folders with Prometheus rules')
    .option('--dashboards <path...>', 'files and folders with Grafana dashboards')
    .option('--prometheus <address>', 'address of a Prometheus whose rules are read')
    .option(
      '--prometheus-token-env <name>',
      'environment variable with a bearer token for it, STEPLADDER_PROMETHEUS…',
    )
    .option('--from <version>', "minor version before the upgrade (default: the cluster's)")
    .option('--to <version>', 'minor version after it')
    .option('--context <name>', 'kubeconfig context of a cluster whose Kubernetes API is asked')
    .option('--cluster <name>', 'EKS cluster: everything that a plan checks, from EKS and its Kubernetes API')
    .option('--region <region>', 'its AWS region')
    .option('--role-arn <arn>', 'IAM role that is assumed for it')
    .option('--external-id <id>', 'external ID for that role')
    .option('--api-table <file...>', 'lifecycles of other APIs than those of Kubernetes')
    .option('--ignore <file>', 'findings that do not count for a time, each with a reason')
    .option('--parse-all', 'parse also manifests that can hold no removed API, to find those that are broken')
    .addOption(
      new Option('-o, --output <format>', 'table: for people; json: {"findings","summary"}; markdown; sarif')
        .choices(formats)
        .default('table'),
    )
    .action(async (options: CheckOptions) => {
      const { runCheck } = await import('./checking/runCheck.ts');
      endWith(await runCheck(options, terminal));
    });
};
