import type { ToolChange } from '../contract/tools.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { crdsOfChart } from './charts/chartCrds.ts';
import { openChartRepository } from './charts/openChartRepository.ts';
import type { HelmProgram } from './helm/binary.ts';
import { readCapabilities } from './helm/capabilities.ts';
import { withKubeconfig } from './helm/kubeconfig.ts';
import { releaseValues } from './helm/releases.ts';
import type { CrdDocument } from './types.ts';

/** With what a chart is fetched and rendered for a cluster. */
export interface ChartWork {
  helm: HelmProgram;
  connection: KubernetesConnection;
  signal?: AbortSignal | undefined;
  environment?: NodeJS.ProcessEnv | undefined;
}

/**
 * The CRDs that a planned change brings, rendered with the release's values as they are now.
 *
 * @throws StepladderError as `openChartRepository`, its `fetch`, and `crdsOfChart`
 */
export async function crdsOfChange(
  { helm, connection, signal, environment }: ChartWork,
  { release, namespace, source, from, to, values }: ToolChange,
): Promise<CrdDocument[]> {
  const name = { release, namespace };
  const ownValues =
    from === undefined
      ? undefined
      : await withKubeconfig(connection, signal, (access) =>
          releaseValues({ helm, access, signal, environment }, name),
        );
  const fetched = await openChartRepository(source, { helm, environment }).fetch(to.version, signal);
  try {
    const capabilities = await readCapabilities(connection, signal);
    return await crdsOfChart(fetched, {
      helm,
      ...name,
      ownValues,
      values,
      capabilities,
      signal,
      environment,
    });
  } finally {
    await fetched.release();
  }
}
