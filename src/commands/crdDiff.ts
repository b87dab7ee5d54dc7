import type { AddCommand } from './command.ts';
import type { CrdDiffOptions } from './comparing/options.ts';
import { addOutputFlag } from './outputFlag.ts';

const description = `compare the CRDs of a chart or of manifests with a cluster's, as \`kubectl diff --server-side --force-conflicts\` sees it; nothing is changed, and no worker is needed

  manifests: stepladder crd-diff manifests/crds --context prod
  by address: stepladder crd-diff 'https://github.com/argoproj/argo-cd/manifests/crds?ref=v{version}' --version 3.1.0 --context prod
  a chart:    stepladder crd-diff charts/external-dns --context prod
  of a registry: stepladder crd-diff oci://registry.example.com/charts/web --version 1.2.3 --cluster prod
  of a repository: stepladder crd-diff --repository https://charts.example.com --chart web --context prod

Live custom resources are tried against a schema that asks for more than before, and those that it would refuse are named.

Exit codes: 0 no difference, 3 breaking, 5 additive or documentation only, 1 failed or not to be told in full.`;

export const addCrdDiff: AddCommand = (program, { terminal, endWith }) => {
  const command = program
    .command('crd-diff')
    .summary("compare a chart's or a folder's CRDs with a cluster's")
    .description(description)
    .argument(
      '[source]',
      'file, folder or address of manifests ({version} in it stands for the version), chart folder or archive, oci://…',
    )
    .option('--repository <url>', 'Helm repository that has the chart')
    .option('--chart <name>', 'chart in that repository')
    .option('--version <version>', 'version of the chart or the manifests (default: the highest)')
    .option('--values <file...>', 'values of the chart, where its CRDs depend on them')
    .option('--namespace <name>', 'namespace that the chart is rendered for', 'default')
    .option('--release <name>', 'release that the chart is rendered as', 'crd-diff')
    .option('--context <name>', 'kubeconfig context of the cluster')
    .option('--cluster <name>', 'EKS cluster, reached by AWS credentials')
    .option('--region <region>', 'its AWS region')
    .option('--role-arn <arn>', 'IAM role that is assumed for it')
    .option('--external-id <id>', 'external ID for that role');
  addOutputFlag(command, '{"source","version","verdict","differences",…}').action(
    async (source: string | undefined, options: CrdDiffOptions) => {
      const { runCrdDiff } = await import('./comparing/runCrdDiff.ts');
      endWith(await runCrdDiff(source, options, terminal));
    },
  );
};
