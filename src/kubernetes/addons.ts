import { z } from 'zod';
import type { MinorVersion } from '../contract/plan.ts';
import type { KubernetesConnection } from './connection.ts';
import { listObjects } from './list.ts';

export type CoreAddon = 'coredns' | 'kube-proxy' | 'vpc-cni';

/** One of the add-ons that every EKS cluster has, as it runs: EKS's own or somebody's. */
export interface AddonWorkload {
  name: CoreAddon;
  /** As the Pod template has it, with registry and tag. */
  image: string;
  /** Empty when the image is named by its digest alone. */
  tag: string;
}

/** Last part of the image's name, wherever it was mirrored to. */
const addonImages: ReadonlyMap<string, CoreAddon> = new Map([
  ['coredns', 'coredns'],
  ['kube-proxy', 'kube-proxy'],
  ['amazon-k8s-cni', 'vpc-cni'],
]);

const containersSchema = z.array(z.object({ image: z.string().optional() })).optional();

const templateSchema = z
  .object({ spec: z.object({ template: z.object({ spec: z.object({ containers: containersSchema }) }) }) })
  .transform(({ spec }) => images(spec.template.spec.containers));

const podSchema = z
  .object({
    spec: z.object({ nodeName: z.string().optional(), containers: containersSchema }),
    status: z
      .object({ phase: z.string().optional(), containerStatuses: containersSchema.nullable() })
      .optional(),
  })
  .transform(({ spec, status }) => ({
    node: spec.nodeName,
    finished: status?.phase === 'Succeeded' || status?.phase === 'Failed',
    // The status has the tag, more often than not, where the template has a digest only.
    images: [...images(spec.containers), ...images(status?.containerStatuses ?? [])],
  }));

/**
 * The add-ons that run in kube-system, found by the images of its DaemonSets and Deployments, so that one which
 * somebody installed without EKS is found too. An add-on that is installed twice is there twice.
 */
export async function findAddonWorkloads(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<AddonWorkload[]> {
  const found: AddonWorkload[] = [];
  for (const resource of ['daemonsets', 'deployments']) {
    const path = `/apis/apps/v1/namespaces/kube-system/${resource}`;
    const templates = await listObjects(connection, path, templateSchema, {
      name: `${resource}.apps in kube-system`,
      signal,
    });
    for (const image of templates.flat()) {
      const { name, tag } = parseImage(image);
      const addon = addonImages.get(name);
      if (addon !== undefined) found.push({ name: addon, image, tag });
    }
  }
  return found.sort((one, other) => one.name.localeCompare(other.name));
}

/**
 * Minor versions of kube-proxy that run, with their nodes: what runs, not what its DaemonSet wants, since skew is
 * about what runs. The version is `unknown` where no image has a tag that is one.
 */
export async function kubeProxyVersions(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<{ version: MinorVersion; nodes: string[] }[]> {
  const pods = await listObjects(connection, '/api/v1/namespaces/kube-system/pods', podSchema, {
    name: 'pods in kube-system',
    signal,
  });
  const nodesByVersion = new Map<MinorVersion, Set<string>>();
  for (const pod of pods) {
    const proxies = pod.images.map(parseImage).filter(({ name }) => name === 'kube-proxy');
    if (pod.node === undefined || pod.finished || proxies.length === 0) continue;
    const version = proxies.map(({ tag }) => minorOf(tag)).find((minor) => minor !== undefined) ?? 'unknown';
    const nodes = nodesByVersion.get(version) ?? new Set();
    nodesByVersion.set(version, nodes.add(pod.node));
  }
  return [...nodesByVersion]
    .map(([version, nodes]) => ({ version, nodes: [...nodes].sort() }))
    .sort((one, other) => one.version.localeCompare(other.version, 'en', { numeric: true }));
}

/** `registry:5000/eks/coredns:v1.11.4@sha256:…` → `coredns` and `v1.11.4`. */
export function parseImage(image: string): { name: string; tag: string } {
  const [reference = ''] = image.split('@');
  const last = reference.slice(reference.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  return colon === -1 ? { name: last, tag: '' } : { name: last.slice(0, colon), tag: last.slice(colon + 1) };
}

function minorOf(tag: string): MinorVersion | undefined {
  return /^v?(\d+\.\d+)\./.exec(tag)?.[1];
}

function images(containers: readonly { image?: string | undefined }[] | undefined): string[] {
  return (containers ?? []).flatMap(({ image }) => (image === undefined ? [] : [image]));
}
