import { StepladderError } from '../../contract/errors.ts';
import type { ToolChange } from '../../contract/tools.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { applyCrds } from '../crds/index.ts';
import { refuseOtherContent } from '../approvedContent.ts';
import { contentDigest } from '../charts/contentDigest.ts';
import { openChartRepository } from '../charts/openChartRepository.ts';
import type { HelmProgram } from '../helm/binary.ts';
import { upgradeRelease } from '../helm/bringRelease.ts';
import type { ReleaseStanding } from '../helm/bringRelease.ts';
import { helmfileTemplate } from '../helm/helmfile.ts';
import { withKubeconfig } from '../helm/kubeconfig.ts';
import { refuseTerminating } from '../helm/namespace.ts';
import { releaseState, releaseValues } from '../helm/releases.ts';
import type { HelmReleaseState } from '../types.ts';
import { installStill } from './installStill.ts';
import { renderForGreen, seenIn } from './renderedForGreen.ts';
import type { RenderedForGreen } from './renderedForGreen.ts';
import { valuesForGreen } from './valuesForGreen.ts';
import type { ClusterNames } from './valuesForGreen.ts';

/** What tools are installed on green with. */
export interface GreenInstalling {
  helm: HelmProgram;
  blue: KubernetesConnection;
  green: KubernetesConnection;
  names: { blue: ClusterNames; green: ClusterNames };
  /** The root's workflow ID, noted on what is made to stand still. */
  madeBy: string;
  signal: AbortSignal;
  environment: NodeJS.ProcessEnv;
  /** How long each hook may take. Milliseconds. */
  timeoutMs: number;
  progress: (line: string) => void;
}

/** What came of it. */
export interface InstalledOnGreen {
  /** False when it was there already. */
  isNew: boolean;
  /** What an earlier attempt had left half done and was taken back first, in one sentence. */
  takenBack?: string;
}

/**
 * Installs one tool on green with the values that its release has on blue and the request's on top: the CRDs of its chart
 * first, each Established, then the release. What of it must not work twice (external-dns, CronJobs, Applications that
 * sync by themselves) stands still until the cutover. One that is there at its version is left as it is. One that an
 * attempt of ours has left half done (`pending-install` after its worker was lost) is uninstalled once nobody can be at
 * work on it any more, and installed anew; somebody else's is refused.
 *
 * @throws StepladderError as `upgradeRelease`, `applyCrds` and `renderForGreen`
 */
export async function installOnGreen(by: GreenInstalling, change: ToolChange): Promise<InstalledOnGreen> {
  const { helm, green, signal, environment, progress } = by;
  const { driver, release, namespace, values, to } = change;
  if (driver.by === 'helmfile') {
    const rendered = await withKubeconfig(green, signal, (access) =>
      helmfileTemplate({ helm, access, signal, environment }, driver),
    );
    return bringIn(by, change, { ...seenIn(rendered, namespace, by.names.blue), crds: [] }, undefined);
  }
  const ownValues = await valuesOnBlue(by, change);
  progress(`fetching version ${to.version}`);
  const chart = await openChartRepository(change.source, { helm, environment }).fetch(to.version, signal);
  try {
    // Before anything of it reaches green: an approval covers what was shown.
    refuseOtherContent(change, await contentDigest(chart.path, values));
    const rendered = await renderForGreen(chart, {
      ...{ helm, green, release, namespace, values, ownValues, signal, environment },
      blueNames: by.names.blue,
    });
    return await bringIn(by, change, rendered, ownValues);
  } finally {
    await chart.release();
  }
}

async function bringIn(
  by: GreenInstalling,
  change: ToolChange,
  { crds, works, takesBlue }: Omit<RenderedForGreen, 'hooks'>,
  ownValues: string | undefined,
): Promise<InstalledOnGreen> {
  const { green, madeBy, signal, progress } = by;
  const { namespace } = change;
  if (takesBlue) throw refusedForBlue(by, change);
  const still = { green, works, madeBy, signal };
  if (isThere(await onGreen(by, change), change)) {
    await installStill(still, undefined);
    return { isNew: false };
  }
  await refuseTerminating(green, namespace, signal);
  progress(`applying CRDs: ${crds.map(({ name }) => name).join(', ') || 'none'}`);
  await applyCrds(green, crds, { signal });
  let takenBack: InstalledOnGreen['takenBack'];
  await installStill(still, async () => {
    ({ takenBack } = await bringUp(by, change, ownValues));
  });
  return { isNew: true, ...(takenBack === undefined ? {} : { takenBack }) };
}

async function bringUp(
  by: GreenInstalling,
  change: ToolChange,
  ownValues: string | undefined,
): Promise<ReleaseStanding> {
  const { helm, green: connection, signal, environment, progress, timeoutMs, madeBy } = by;
  return upgradeRelease(
    { helm, connection, signal, environment, progress },
    {
      change,
      ...(ownValues === undefined ? {} : { ownValues }),
      description: `Stepladder: ${change.to.version} for a new cluster (${madeBy})`,
      timeoutMs,
    },
  );
}

function onGreen(
  { helm, green, signal, environment }: GreenInstalling,
  change: ToolChange,
): Promise<HelmReleaseState | undefined> {
  return withKubeconfig(green, signal, (access) =>
    releaseState({ helm, access, signal, environment }, change),
  );
}

const isThere = (found: HelmReleaseState | undefined, { to }: ToolChange): boolean =>
  found?.status === 'deployed' && found.chart.version === to.version;

/** As JSON, never kept: undefined where blue has no such release. */
async function valuesOnBlue(
  { helm, blue, names, signal, environment }: GreenInstalling,
  change: ToolChange,
): Promise<string | undefined> {
  try {
    const values = await withKubeconfig(blue, signal, (access) =>
      releaseValues({ helm, access, signal, environment }, change),
    );
    return valuesForGreen(values, names.blue, names.green);
  } catch (error) {
    if (error instanceof StepladderError && error.details['problem'] === 'not-installed') return undefined;
    throw error;
  }
}

/** Two controllers that go by one cluster's name work against each other, on what blue's users come by. */
function refusedForBlue(
  { names }: GreenInstalling,
  { tool, release, namespace }: ToolChange,
): StepladderError {
  return new StepladderError(
    'ToolRefused',
    `With its values ${tool} would take itself for the one of ${names.blue.name} (--cluster-name), and change what belongs to that cluster. Nothing was installed. Give a file with values in which the cluster's name is ${names.green.name}.`,
    { release: `${namespace}/${release}` },
  );
}
