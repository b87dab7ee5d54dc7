import { setTimeout as sleep } from 'node:timers/promises';
import { manifestsOfAddon } from '../../scenario/addonWorkloads.ts';
import { behaviourAnnotations } from '../../scenario/behaviour.ts';
import type { Manifest } from '../../scenario/manifest.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { manifestsOfWorkload } from '../../scenario/workloads.ts';
import type { KubernetesClient, KubernetesObject } from './kubernetesClient.ts';
import { isCode } from './kubernetesClient.ts';
import { storageManifests } from './volumeProvisioner.ts';

const lookEveryMs = 150;

interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
}

/** Creates all that a scenario holds, in an order in which each finds what it needs. Can be run again. */
export async function applyScenario(client: KubernetesClient, scenario: Scenario): Promise<void> {
  const manifests = manifestsOf(scenario);
  const definitions = manifests.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const namespaces = new Set(manifests.flatMap(({ metadata }) => metadata.namespace ?? []));
  await Promise.all([
    ...[...namespaces].map((name) =>
      client.ensure('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    ),
    ...storageManifests.map(({ path, object }) => client.ensure(path, object)),
    ...definitions.map((manifest) =>
      client.ensure('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', manifest),
    ),
  ]);
  const paths = new PathFinder(client);
  for (const manifest of manifests) {
    if (definitions.includes(manifest) || manifest.kind === 'Namespace') continue;
    await client.ensure(await paths.collection(manifest), manifest);
  }
}

/**
 * Waits until every workload of a scenario has all its Pods Ready, save those that are broken on purpose.
 *
 * @throws Error that names what is not Ready, when the time is over
 */
export async function awaitScenario(
  client: KubernetesClient,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const waiting = await unreadyWorkloads(client);
    if (waiting.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(
        `After ${limitMs / 1000} s these workloads were not Ready: ${waiting.join(', ')}. Their Pods may not fit on the scenario's nodes.`,
      );
    await sleep(lookEveryMs, undefined, { signal });
  }
}

interface Workload extends KubernetesObject {
  spec: { replicas?: number; template: { metadata?: { annotations?: Record<string, string> } } };
  status?: {
    observedGeneration?: number;
    readyReplicas?: number;
    desiredNumberScheduled?: number;
    numberReady?: number;
    ready?: number;
    succeeded?: number;
  };
}

async function unreadyWorkloads(client: KubernetesClient): Promise<string[]> {
  const kinds = ['deployments', 'statefulsets', 'daemonsets'];
  const lists = await Promise.all(kinds.map((kind) => client.list<Workload>(`/apis/apps/v1/${kind}`)));
  return lists.flatMap((workloads, index) =>
    workloads
      .filter((workload) => !isBroken(workload) && !isReady(workload))
      .map(({ metadata }) => `${kinds[index] ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`),
  );
}

const isBroken = ({ spec }: Workload): boolean =>
  spec.template.metadata?.annotations?.[behaviourAnnotations.brokenImage] === 'true';

function isReady({ metadata, spec, status }: Workload): boolean {
  if (status?.observedGeneration === undefined || status.observedGeneration < (metadata.generation ?? 1))
    return false;
  if (status.desiredNumberScheduled !== undefined)
    return (status.numberReady ?? 0) >= status.desiredNumberScheduled && status.desiredNumberScheduled > 0;
  return (status.readyReplicas ?? 0) >= (spec.replicas ?? 1);
}

function manifestsOf(scenario: Scenario): Manifest[] {
  return [
    ...scenario.manifests,
    ...scenario.addons.flatMap((addon) => manifestsOfAddon(addon, scenario.cluster.region)),
    ...scenario.workloads.flatMap(manifestsOfWorkload),
  ] as Manifest[];
}

/** Where objects of a kind are created, by what the API servers say that they serve. */
class PathFinder {
  readonly #client: KubernetesClient;
  readonly #resources = new Map<string, Promise<ApiResource[]>>();

  constructor(client: KubernetesClient) {
    this.#client = client;
  }

  /** Waits for kinds whose definition was just created. */
  async collection({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    for (let tries = 0; ; tries += 1) {
      const resource = (await this.#served(base)).find(
        (each) => each.kind === kind && !each.name.includes('/'),
      );
      if (resource !== undefined) {
        const scope = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
        return `${base}${scope}/${resource.name}`;
      }
      if (tries === servedTries)
        throw new Error(
          `The scenario has a ${kind} (${apiVersion}) named ${metadata.name}, which this minor version of Kubernetes does not serve.`,
        );
      this.#resources.delete(base);
      await sleep(lookEveryMs);
    }
  }

  #served(base: string): Promise<ApiResource[]> {
    const known = this.#resources.get(base) ?? this.#ask(base);
    this.#resources.set(base, known);
    return known;
  }

  async #ask(base: string): Promise<ApiResource[]> {
    try {
      return (await this.#client.get<{ resources: ApiResource[] }>(base)).resources;
    } catch (error) {
      if (isCode(error, 404)) return [];
      throw error;
    }
  }
}

/** A kind that was just defined is served within a second or two by each of the API servers. */
const servedTries = 60;
