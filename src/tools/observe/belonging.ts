import { parseImage } from '../../kubernetes/addons.ts';
import type { ToolProfile } from '../profiles/profile.ts';
import type { SharingInstallation } from '../types.ts';
import type { WorkloadName } from './manifestWorkloads.ts';
import type { ToolWorkload } from './toolWorkloads.ts';
import { workloadName } from './toolWorkloads.ts';

/** What one installation of a tool is told by. */
export interface Installation {
  release: string;
  namespace: string;
  /** Workloads of the release's manifest, where there is a release. */
  released: readonly WorkloadName[];
  /** Name of its chart, where there is a release. */
  chart?: string;
}

const instanceLabel = 'app.kubernetes.io/instance';

/** The Helm release that an object is of, by the annotations that Helm leaves on what it installs: `argocd/argo-cd`. */
export function helmReleaseOf(annotations: Record<string, string>): string | undefined {
  const name = annotations['meta.helm.sh/release-name'];
  const namespace = annotations['meta.helm.sh/release-namespace'];
  return name === undefined || namespace === undefined ? undefined : `${namespace}/${name}`;
}

/**
 * The workloads of this installation: those of the release's manifest and those that Helm has annotated for it; where
 * Helm has not put them there, those of the namespace that are the tool's by image or label. Two installations in one
 * namespace are told apart by the label `app.kubernetes.io/instance`.
 */
export function ownWorkloads(
  all: readonly ToolWorkload[],
  profile: ToolProfile,
  installation: Installation,
): ToolWorkload[] {
  const { release, namespace, released } = installation;
  const inManifest = new Set(released.map(workloadName));
  const helms = `${namespace}/${release}`;
  const certain = all.filter(
    (each) => inManifest.has(workloadName(each)) || helmReleaseOf(each.annotations) === helms,
  );
  if (certain.length > 0) return certain;
  const likely = all.filter(
    (each) =>
      each.namespace === namespace &&
      helmReleaseOf(each.annotations) === undefined &&
      (isOfTool(each, profile, installation) || each.labels[instanceLabel] === release),
  );
  const named = likely.filter(({ labels }) => labels[instanceLabel] === release);
  return named.length > 0 ? named : likely;
}

/** Other installations of the tool in the cluster, in the order of their namespaces and names. */
export function otherInstallations(
  all: readonly ToolWorkload[],
  own: readonly ToolWorkload[],
  profile: ToolProfile,
  installation: Installation,
): SharingInstallation[] {
  const ours = new Set(own.map(workloadName));
  const found = new Map<string, SharingInstallation>();
  for (const each of all) {
    if (ours.has(workloadName(each)) || !isOfTool(each, profile, installation)) continue;
    const [namespace, name] = installationOf(each);
    const key = `${namespace}/${name}`;
    const version = found.get(key)?.version ?? versionOf(each, profile);
    found.set(key, { namespace, name, ...(version === undefined ? {} : { version }) });
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
}

/** By image or labels; by the chart for a tool whose images are not known. */
function isOfTool(
  { images, labels }: ToolWorkload,
  profile: ToolProfile,
  { chart }: Pick<Installation, 'chart'>,
): boolean {
  const byImage = images.some((image) => profile.images.includes(parseImage(image).name));
  const byLabels = profile.labels.some((set) =>
    Object.entries(set).every(([key, value]) => labels[key] === value),
  );
  const charts = profile.charts.length > 0 || chart === undefined ? profile.charts : [chart];
  const ofChart = chartOf(labels);
  return byImage || byLabels || (ofChart !== undefined && charts.includes(ofChart));
}

/** `argo-cd` out of the label `helm.sh/chart: argo-cd-7.8.2`. */
function chartOf(labels: Record<string, string>): string | undefined {
  return /^(.+?)-v?\d+\.\d+/.exec(labels['helm.sh/chart'] ?? '')?.[1];
}

function installationOf({ namespace, name, labels, annotations }: ToolWorkload): [string, string] {
  const [helmNamespace, release] = helmReleaseOf(annotations)?.split('/') ?? [];
  if (helmNamespace !== undefined && release !== undefined) return [helmNamespace, release];
  return [namespace, labels[instanceLabel] ?? labels['app.kubernetes.io/part-of'] ?? name];
}

/** By the image that is the tool's own, else by its label. */
function versionOf({ images, labels }: ToolWorkload, profile: ToolProfile): string | undefined {
  const own = images.map(parseImage).find(({ name }) => profile.images.includes(name));
  const tag = own?.tag ?? '';
  return tag === '' ? labels['app.kubernetes.io/version'] : tag;
}
