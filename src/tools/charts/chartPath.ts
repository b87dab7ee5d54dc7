import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { escapePath, glob } from 'tinyglobby';
import type { ChartVersion } from '../../contract/tools.ts';
import { compareChartVersions } from '../choice/chartVersions.ts';
import { withPrivateFolder } from '../helm/privateFolder.ts';
import { runHelm } from '../helm/runHelm.ts';
import { toolProblem } from '../problem.ts';
import type { ChartRepository } from '../types.ts';
import { readChartMetadata } from './chartMetadata.ts';
import type { ChartMetadata } from './chartMetadata.ts';
import { noSuchVersion, offered } from './offered.ts';
import type { ChartSourceOptions } from './openChartRepository.ts';

const placeholder = '{version}';

interface ChartOnDisk extends ChartVersion {
  path: string;
}

/**
 * Charts on the worker's disk: one folder or archive, or several whose paths differ where `{version}` stands. What
 * counts as a chart's version is what its Chart.yaml says, not what its path is called.
 */
export function openChartPath(path: string, options: ChartSourceOptions): ChartRepository {
  async function all(signal: AbortSignal | undefined): Promise<ChartOnDisk[]> {
    const paths = path.includes(placeholder) ? await matching(path) : [await present(path)];
    const charts: ChartOnDisk[] = [];
    for (const each of paths) {
      signal?.throwIfAborted();
      const { version, appVersion } = await metadataOf(each, options, signal);
      charts.push({ path: each, version, ...(appVersion === undefined ? {} : { appVersion }) });
    }
    return charts;
  }

  return {
    async versions(signal) {
      const charts = await all(signal);
      return offered(
        charts.map(({ version, appVersion }) => ({
          version,
          ...(appVersion === undefined ? {} : { appVersion }),
        })),
        options.installed,
      );
    },
    async fetch(version, signal) {
      const charts = await all(signal);
      const found = charts.find((each) => each.version === version);
      if (found === undefined) throw noSuchVersion(version, path, charts);
      // It is the user's: it stays where it is.
      return { ...found, kind: 'chart', release: async () => undefined };
    },
  };
}

/** What stands where `{version}` is, the highest first. */
async function matching(path: string): Promise<string[]> {
  const parts = path.split(placeholder);
  const found = await glob(parts.map(escapePath).join('*'), {
    onlyFiles: false,
    expandDirectories: false,
    absolute: path.startsWith('/'),
    dot: true,
  });
  const paths = found.map((each) => each.replace(/\/$/, ''));
  if (paths.length === 0) {
    throw toolProblem(
      'unreachable-source',
      `There is nothing at ${path} on the worker, whatever stands for ${placeholder}.`,
      'Check the path; it is looked up where the worker runs.',
    );
  }
  const [before = ''] = parts;
  const versionIn = (each: string): string => each.slice(before.length).split(parts[1] ?? '/', 1)[0] ?? '';
  return paths.sort((one, other) => compareChartVersions(versionIn(other), versionIn(one)));
}

async function present(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    throw toolProblem(
      'unreachable-source',
      `There is no chart at ${path} on the worker.`,
      'Check the path; it is looked up where the worker runs.',
      { cause: error },
    );
  }
}

async function metadataOf(
  path: string,
  { helm, environment }: ChartSourceOptions,
  signal: AbortSignal | undefined,
): Promise<ChartMetadata> {
  if ((await stat(path)).isDirectory()) {
    const text = await readFile(join(path, 'Chart.yaml'), 'utf8').catch(() => '');
    return readChartMetadata(text, path);
  }
  const { stdout } = await withPrivateFolder((folder) =>
    runHelm({ helm, folder, signal, environment }, ['show', 'chart', path], {
      doing: `read the chart ${path}`,
    }),
  );
  return readChartMetadata(stdout, path);
}
