import { access, constants } from 'node:fs/promises';
import { StepladderError } from '../../contract/errors.ts';
import type { ChartRelease, Singleton } from '../../contract/migration.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { reasonOf } from '../../manifests/manifestFiles.ts';
import { contentDigest } from '../charts/contentDigest.ts';
import { openChartRepository, sourceText } from '../charts/openChartRepository.ts';
import { applyCrds } from '../crds/index.ts';
import type { HelmProgram } from '../helm/binary.ts';
import { upgradeRelease } from '../helm/bringRelease.ts';
import { withKubeconfig } from '../helm/kubeconfig.ts';
import { refuseTerminating } from '../helm/namespace.ts';
import { isMarkedOurs, releaseHistory } from '../helm/releases.ts';
import type { Revision } from '../helm/releases.ts';
import type { HelmOnCluster } from '../helm/runHelm.ts';
import { toolProblem } from '../problem.ts';
import type { FetchedChart } from '../types.ts';
import { withPods } from './holdReleased.ts';
import { installStill } from './installStill.ts';
import { renderForGreen } from './renderedForGreen.ts';
import type { RenderedForGreen } from './renderedForGreen.ts';
import type { ClusterNames } from './valuesForGreen.ts';

/** What a chart is brought to green with. */
export interface ChartBringing {
  helm: HelmProgram;
  green: KubernetesConnection;
  names: { blue: ClusterNames; green: ClusterNames };
  singletons: readonly Singleton[];
  /** The root's workflow ID, noted on what is made to stand still. */
  madeBy: string;
  signal: AbortSignal;
  environment: NodeJS.ProcessEnv;
  /** How long each hook may take. Milliseconds. */
  timeoutMs: number;
  progress: (line: string) => void;
}

/**
 * Brings a release to one version of its chart with nothing but the values of the request's files, whatever there was of
 * it; the CRDs of the chart's folder `crds` first. Where the newest revision was made of the very same chart and files
 * nothing is changed. What must not work twice stands still until the cutover.
 *
 * @throws StepladderError `InvalidInput` for files that can't be read; as `ChartRepository.fetch`; `ToolRefused` for what
 * may not be installed, nothing having been changed; `ToolFailed` with helm's words
 */
export async function bringChart(
  by: ChartBringing,
  chart: ChartRelease,
): Promise<'created' | 'changed' | 'unchanged'> {
  const { helm, environment, signal, progress, names } = by;
  const { source, version, namespace, release } = chart;
  try {
    await refuseUnreadable(chart);
    progress(`fetching ${sourceText(source)} ${version}`);
    const fetched = await openChartRepository(source, { helm, environment }).fetch(version, signal);
    try {
      return await bringFetched(by, chart, fetched);
    } finally {
      await fetched.release();
    }
  } catch (error) {
    if (!(error instanceof StepladderError)) throw error;
    throw new StepladderError(
      error.type,
      `Release ${namespace}/${release} (${sourceText(source)} ${version}) could not be brought to ${names.green.name}: ${error.message}`,
      { ...error.details, release: `${namespace}/${release}` },
      { cause: error },
    );
  }
}

/**
 * Whether what lies on the worker can be read there: a chart by its path, and the files with values.
 *
 * @throws StepladderError `InvalidInput` with the first that can't
 */
export async function refuseUnreadable({
  source,
  values,
}: Pick<ChartRelease, 'source' | 'values'>): Promise<void> {
  const chart = 'path' in source && !source.path.includes('{version}') ? [source.path] : [];
  const files = [
    ...chart.map((file) => ({ file, what: 'chart' })),
    ...values.map((file) => ({ file, what: 'file with values' })),
  ];
  for (const { file, what } of files) {
    try {
      await access(file, constants.R_OK);
    } catch (error) {
      throw new StepladderError(
        'InvalidInput',
        `The ${what} ${file} can't be read on the worker: ${reasonOf(error)}. Check the path; it is looked up where the worker runs.`,
        { file },
      );
    }
  }
}

async function bringFetched(
  by: ChartBringing,
  chart: ChartRelease,
  fetched: FetchedChart,
): Promise<'created' | 'changed' | 'unchanged'> {
  const { helm, green, names, singletons, madeBy, signal, environment, progress } = by;
  const { release, namespace, version, values } = chart;
  const content = (await contentDigest(fetched.path, values)).slice(0, 16);
  progress('rendering it');
  const rendered = await renderForGreen(fetched, {
    ...{ helm, green, release, namespace, values, ownValues: undefined, signal, environment },
    ...{ blueNames: names.blue, singletons },
  });
  refuse(by, rendered);
  const still = { green, works: rendered.works, singletons, madeBy, signal };
  const { before, isNewest } = await withKubeconfig(green, signal, (access) =>
    revisionBefore({ helm, access, signal, environment }, chart),
  );
  // The same chart and files, whoever's attempt that was.
  if (isNewest && before?.status === 'deployed' && before.description.includes(contentWords(content))) {
    await installStill(still, undefined);
    return 'unchanged';
  }
  await refuseTerminating(green, namespace, signal);
  progress(`applying CRDs: ${rendered.crds.map(({ name }) => name).join(', ') || 'none'}`);
  await applyCrds(green, rendered.crds, { signal });
  await installStill(still, async () => {
    await upgradeRelease(
      { helm, connection: green, signal, environment, progress },
      {
        change: { ...chart, driver: { by: 'helm' }, to: { version } },
        ...(before === undefined ? {} : { revisionBefore: before.revision }),
        ...{ onlyGivenValues: true, evenFailed: true },
        description: `Stepladder: ${version} for a new cluster (${madeBy}, ${contentWords(content)})`,
        timeoutMs: by.timeoutMs,
      },
    );
  });
  return before === undefined ? 'created' : 'changed';
}

/** Stands in the revision's description, so that the next look knows what it was made of. */
const contentWords = (digest: string): string => `content ${digest}`;

/**
 * The revision that an upgrade goes on from; none where it is the first installation. One that an earlier attempt of ours
 * has left failed may be it, so that a chart that was mended can be tried again.
 */
async function revisionBefore(
  on: HelmOnCluster,
  chart: ChartRelease,
): Promise<{ before: Revision | undefined; isNewest: boolean }> {
  const history = await releaseHistory(on, chart);
  const newest = history.at(-1);
  const isFailedOfOurs = newest?.status === 'failed' && (await isMarkedOurs(on, chart, newest.revision));
  const before = isFailedOfOurs ? newest : history.findLast(({ status }) => status === 'deployed');
  return { before, isNewest: before === newest };
}

function refuse({ names, singletons }: ChartBringing, { works, hooks, takesBlue }: RenderedForGreen): void {
  if (takesBlue) {
    throw toolProblem(
      'values-do-not-render',
      `With its values it would take itself for the one of ${names.blue.name} (--cluster-name), and change what belongs to that cluster. Nothing was installed.`,
      `Give a file with values in which the cluster's name is ${names.green.name}.`,
    );
  }
  const [work] = withPods(works, singletons);
  if (work === undefined || hooks.length === 0) return;
  const { name } = work['metadata'] as { name: string };
  throw toolProblem(
    'values-do-not-render',
    `${String(work['kind'])} ${name} must not run before the cutover, so that no Pod may start while it is installed, and its hooks need some: ${hooks.join(', ')}. Nothing was installed.`,
    'Leave the hooks out by its values; or bring what `helm template` makes of it as manifests, which come standing still.',
  );
}
