import type { OutputOptions } from '../outputFlag.ts';
import { UsageError } from '../exitCodes.ts';

export type ToolAction = 'plan' | 'install' | 'upgrade';

/** The flags of `tool`. */
export interface ToolOptions extends OutputOptions {
  context?: string;
  cluster?: string;
  region?: string;
  roleArn?: string;
  externalId?: string;
  version: string;
  repository?: string;
  chart?: string;
  oci?: string;
  path?: string;
  namespace?: string;
  release?: string;
  values?: string[];
  crds: 'refuse' | 'additive' | 'allow';
  helmfile?: string;
  selector?: string;
  timeout?: string;
  settleTimeout?: string;
  yes?: boolean;
}

/**
 * The request that the flags stand for, as `upgradeTool` takes it; it has yet to be checked. A cluster that is reached
 * by a context alone goes by the context's name.
 *
 * @throws UsageError for flags that do not go together
 */
export function requestOfTool(name: string, options: ToolOptions): Record<string, unknown> {
  const { context, cluster, region, roleArn, externalId, selector, helmfile } = options;
  if (context === undefined && cluster === undefined) {
    throw new UsageError('Which cluster? Give --context NAME, or --cluster NAME (with --region).');
  }
  if (cluster === undefined && [region, roleArn, externalId].some((each) => each !== undefined)) {
    throw new UsageError('--region, --role-arn and --external-id go with --cluster.');
  }
  if (selector !== undefined && helmfile === undefined) {
    throw new UsageError('--selector goes with --helmfile.');
  }
  const { version, namespace, release, values, crds, repository, chart, oci, path } = options;
  const { timeout: toolTimeout, settleTimeout } = options;
  const source = given({ repository, chart, oci, path });
  return {
    // A context may be called what no cluster is (an ARN, an address), and its name serves for messages alone.
    cluster: given({ name: cluster ?? 'context', region, roleArn, externalId, context }),
    // A person looks on.
    timing: given({ pollInterval: '3s', toolTimeout, settleTimeout }),
    tools: [
      given({
        ...{ name, version, namespace, release, values, crds },
        source: Object.keys(source).length === 0 ? undefined : source,
        helmfile: helmfile === undefined ? undefined : given({ file: helmfile, selector }),
      }),
    ],
  };
}

/** Without what was not given. */
function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
