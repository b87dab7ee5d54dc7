import type { ChartVersion, ChartSource, ToolDriver } from '../contract/tools.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { contentDigest } from './charts/contentDigest.ts';
import { crdsOfChart } from './charts/chartCrds.ts';
import { openChartRepository } from './charts/openChartRepository.ts';
import { renderedDifference } from './charts/renderedDifference.ts';
import type { ComparedRendering } from './charts/renderedDifference.ts';
import { crdsOfManifests } from './crds/index.ts';
import type { HelmProgram } from './helm/binary.ts';
import { readCapabilities } from './helm/capabilities.ts';
import { helmfileTemplate } from './helm/helmfile.ts';
import { withKubeconfig } from './helm/kubeconfig.ts';
import { releaseManifest, releaseValues } from './helm/releases.ts';
import { renderRelease } from './helm/render.ts';
import type { HelmOnCluster } from './helm/runHelm.ts';
import type { CrdDocument, FetchedChart } from './types.ts';

/** With what the versions of a tool are fetched and rendered for a cluster. */
export interface VersionsWork {
  helm: HelmProgram;
  connection: KubernetesConnection;
  signal?: AbortSignal | undefined;
  /** Default: the process's own. */
  environment?: NodeJS.ProcessEnv | undefined;
}

/** Which tool's, and what is installed of it. */
export interface VersionsWanted {
  release: string;
  namespace: string;
  source: ChartSource;
  driver: ToolDriver;
  /** Files with values, on top of the release's own. */
  values: readonly string[];
  /** Versions on offer where the source can't list them. */
  versions?: readonly string[];
  /** Version of the chart that the release has; absent when there is no release. */
  installed?: string | undefined;
}

/** The versions of a tool, and what each would bring to the cluster with the release's values. */
export interface VersionsOfTool {
  /** On offer, the highest first. */
  offered(): Promise<ChartVersion[]>;
  /** Throws as the source's `fetch` and `crdsOfChart`. */
  crdsOf(version: string): Promise<CrdDocument[]>;
  /** What installing it would change of what the release has installed. Throws as `renderRelease`. */
  rendered(version: string): Promise<ComparedRendering>;
  /** Of its chart and the files with values; undefined where a helmfile says what is installed. Throws as `fetch`. */
  contentSha256(version: string): Promise<string | undefined>;
}

/**
 * Lends the versions of a tool. Each is fetched once, however often it is asked about, and all are off the disk
 * afterwards. Nothing is changed in the cluster.
 *
 * @throws what `use` throws
 */
export async function withVersions<T>(
  work: VersionsWork,
  wanted: VersionsWanted,
  use: (versions: VersionsOfTool) => Promise<T>,
): Promise<T> {
  const { helm, connection, signal, environment } = work;
  return withKubeconfig(connection, signal, async (access) => {
    const on: HelmOnCluster = { helm, access, signal, environment };
    const fetched = new Map<string, Promise<FetchedChart>>();
    try {
      return await use(versionsOf(on, connection, wanted, fetched));
    } finally {
      for (const each of fetched.values()) {
        // One that could not be had has told so where it was asked for.
        await each.then((chart) => chart.release()).catch(() => undefined);
      }
    }
  });
}

function versionsOf(
  on: HelmOnCluster,
  connection: KubernetesConnection,
  wanted: VersionsWanted,
  fetched: Map<string, Promise<FetchedChart>>,
): VersionsOfTool {
  const { helm, signal, environment } = on;
  const { source, versions, installed, values, driver } = wanted;
  const name = { release: wanted.release, namespace: wanted.namespace };
  const repository = openChartRepository(source, { helm, installed, versions, environment });
  const fetch = (version: string) => {
    const known = fetched.get(version) ?? repository.fetch(version, signal);
    fetched.set(version, known);
    return known;
  };
  const given = once(async () => ({
    ownValues: installed === undefined ? undefined : await releaseValues(on, name),
    capabilities: await readCapabilities(connection, signal),
  }));
  return {
    offered: () => repository.versions(signal),

    async crdsOf(version) {
      const chart = await fetch(version);
      if (chart.kind === 'manifests') return crdsOfManifests(chart.path, signal);
      return crdsOfChart(chart, { helm, ...name, values, ...(await given()), signal, environment });
    },

    async rendered(version) {
      const before = installed === undefined ? '' : await releaseManifest(on, name);
      if (driver.by === 'helmfile') return renderedDifference(before, await helmfileTemplate(on, driver));
      const { path } = await fetch(version);
      const chart = { ...name, path, chart: `version ${version}`, values };
      return renderedDifference(before, await renderRelease(on, chart, installed === undefined));
    },

    async contentSha256(version) {
      return driver.by === 'helmfile' ? undefined : contentDigest((await fetch(version)).path, values);
    },
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => (known ??= read());
}
