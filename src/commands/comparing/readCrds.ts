import type { ChartSource } from '../../contract/tools.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { crdsOfChart } from '../../tools/charts/chartCrds.ts';
import { openManifests, unversioned } from '../../tools/charts/manifests.ts';
import { openChartRepository, sourceText } from '../../tools/charts/openChartRepository.ts';
import { crdsOfManifests } from '../../tools/crds/index.ts';
import { findHelm } from '../../tools/helm/binary.ts';
import { readCapabilities } from '../../tools/helm/capabilities.ts';
import type { ChartRepository, CrdDocument, FetchedChart } from '../../tools/types.ts';
import { CommandFailed, UsageError } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import type { CrdDiffOptions } from './options.ts';

/** The CRDs of one version of a source. */
export interface VersionCrds {
  /** Absent for manifests without one. */
  version?: string;
  crds: CrdDocument[];
}

/**
 * Fetches a version, the highest unless one is named, and reads its CRDs.
 *
 * @throws UsageError for a version that has no place in the source; StepladderError as the source's repository does
 */
export async function readCrds(
  source: ChartSource,
  options: CrdDiffOptions,
  connection: KubernetesConnection,
  terminal: Terminal,
): Promise<VersionCrds> {
  const { version } = options;
  if ('manifests' in source) {
    const { manifests } = source;
    if (version !== undefined && !manifests.includes('{version}')) {
      throw new UsageError('--version has no place in these manifests: write {version} where it stands.');
    }
    const fetched = await fetchVersion(openManifests(manifests), source, version);
    const crds = await reading(fetched, () => crdsOfManifests(fetched.path));
    return { ...(fetched.version === unversioned ? {} : { version: fetched.version }), crds };
  }
  const helm = await findHelm({ log: (line) => terminal.note(line), environment: terminal.env });
  const fetched = await fetchVersion(openChartRepository(source, { helm }), source, version);
  const { release, namespace, values = [] } = options;
  const crds = await reading(fetched, async () => {
    const capabilities = await readCapabilities(connection);
    return crdsOfChart(fetched, { helm, release, namespace, values, capabilities });
  });
  return { version: fetched.version, crds };
}

async function fetchVersion(
  repository: ChartRepository,
  source: ChartSource,
  version: string | undefined,
): Promise<FetchedChart> {
  if (version !== undefined) return repository.fetch(version);
  const [highest] = await repository.versions();
  if (highest === undefined) {
    throw new CommandFailed(
      `There is no version of ${sourceText(source)} but pre-releases: name one by --version.`,
    );
  }
  return repository.fetch(highest.version);
}

async function reading<T>(fetched: FetchedChart, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } finally {
    await fetched.release();
  }
}
