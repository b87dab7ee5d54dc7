import type { ChartSource } from '../../contract/tools.ts';
import type { HelmProgram } from '../helm/binary.ts';
import type { ChartRepository } from '../types.ts';
import { openChartPath } from './chartPath.ts';
import { openHelmRepository } from './helmRepository.ts';
import { openManifests } from './manifests.ts';
import { openOciChart } from './ociChart.ts';

/** What a chart's source is opened with. */
export interface ChartSourceOptions {
  helm: HelmProgram;
  /** Version of the chart that is installed: pre-releases count when it is one, and older ones need not be looked up. */
  installed?: string | undefined;
  /** Versions on offer where the source can't list them. */
  versions?: readonly string[] | undefined;
  /** Default: the process's own. */
  environment?: NodeJS.ProcessEnv | undefined;
}

/** Where the versions of a chart come from, by the kind of its source. Nothing is fetched yet. */
export function openChartRepository(source: ChartSource, options: ChartSourceOptions): ChartRepository {
  if ('repository' in source) return openHelmRepository(source, options);
  if ('oci' in source) return openOciChart(source.oci, options);
  if ('path' in source) return openChartPath(source.path, options);
  const { installed, versions } = options;
  return openManifests(source.manifests, { installed, versions });
}

/** A source in a person's words. */
export function sourceText(source: ChartSource): string {
  if ('repository' in source) return `chart ${source.chart} of ${source.repository}`;
  if ('oci' in source) return source.oci;
  return 'path' in source ? source.path : source.manifests;
}
