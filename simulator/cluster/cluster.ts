import type { Infrastructure } from '../../eks-api/infrastructure.ts';
import { manifestsOfAddon } from '../../scenario/addonWorkloads.ts';
import { apiServerObjects } from './apiServerObjects.ts';
import { createAdmission } from './admission.ts';
import type { SimulatedCredentials } from './credentials.ts';
import { refusalOf } from '../../eks-api/clusterToken.ts';
import { simulatedCredentials } from './credentials.ts';
import { FastClock } from './clock.ts';
import { ControlPlane } from './controlPlane.ts';
import type { ControllerContext } from './controllers/context.ts';
import { startControllers } from './controllers/index.ts';
import { evictPod } from './eviction.ts';
import { SimulatedFaults } from './faults.ts';
import type { KubernetesEndpoint } from './infrastructure.ts';
import { SimulatedInfrastructure } from './infrastructure.ts';
import { namespaces, nodes } from './kinds.ts';
import { Machines } from './machines.ts';
import type { Manifest } from '../../scenario/manifest.ts';
import { objectsFromManifests } from './manifests.ts';
import { nodeDescriptions } from '../../scenario/nodeDescriptions.ts';
import { PodAnswers } from './podAnswers.ts';
import { seededRandom } from '../../eks-api/random.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { MemoryStore } from './store.ts';
import type { DeleteOptions, KubernetesBackend } from './types.ts';
import { WorkLoop } from './workLoop.ts';
import { manifestsOfWorkload } from '../../scenario/workloads.ts';

/** How old the objects of the scenario are at the start. */
const ageAtStartMilliseconds = 30 * 24 * 3_600_000;

export interface SimulatedCluster extends KubernetesBackend {
  readonly scenario: Scenario;
  readonly store: MemoryStore;
  readonly clock: FastClock;
  readonly faults: SimulatedFaults;
  /** What the EKS API surface builds on. */
  readonly infrastructure: Infrastructure;
  /** The machines behind the nodes, for tests that let one fail. */
  readonly machines: Machines;
  /** AWS credentials that the simulated account knows. */
  readonly credentials: SimulatedCredentials;
  /** How its Pods answer who asks them by HTTP. */
  readonly podAnswers: PodAnswers;
  /** Where the Kubernetes API is served; to be told before start, since every namespace holds its certificate. */
  setEndpoint(endpoint: KubernetesEndpoint): void;
  /** Why a bearer token is refused, or undefined when it may come in. */
  refusalOf(bearerToken: string): string | undefined;
  /** Makes one more bearer token good. */
  addToken(bearerToken: string): void;
  /** Creates what the scenario holds; resolves when all of it runs, save what is broken or does not fit. */
  start(): Promise<void>;
  /** Resolves when the controllers have done what there is to do now; what waits for the clock is not waited for. */
  whenIdle(): Promise<void>;
  /** Stops the controllers; the clock runs on, for those who go by it. */
  stop(): void;
  /** Stops the clock and the controllers. */
  close(): void;
}

/**
 * @param options.speed simulated seconds in a real one; the scenario's unless given
 * @param options.seed of names and faults; the same gives the same
 * @param options.startsAt simulated time of its start; the real time unless given
 * @param options.isNew whether what it holds was made at its start; 30 days before it unless given
 */
export function createSimulatedCluster(
  scenario: Scenario,
  options: { speed?: number; seed?: number; startsAt?: Date; isNew?: boolean } = {},
): SimulatedCluster {
  const seed = options.seed ?? 1;
  const clock = new FastClock(options.speed ?? scenario.speed, options.startsAt, () => loop.hasWork);
  const age = options.isNew === true ? 0 : ageAtStartMilliseconds;
  const random = seededRandom(seed);
  const staticTokens = [...scenario.tokens];
  let endpoint: KubernetesEndpoint | undefined;
  let settling = false;

  const now = (): Date => (settling ? new Date(clock.now().getTime() - age) : clock.now());
  const admit = createAdmission({ unreachableTolerationSeconds: scenario.timings.unreachableToleration });
  const store = new MemoryStore({ now, random, admit });
  const loop = new WorkLoop((error, key) => {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.emitWarning(`a controller of the simulated cluster failed at ${key}: ${reason}`);
  });
  const context: ControllerContext = { store, clock, loop, random, timings: scenario.timings, now };
  const faults = new SimulatedFaults({ clock, seed });
  const controlPlane = new ControlPlane({
    version: scenario.cluster.version,
    clock,
    faults,
    upgradeSeconds: scenario.timings.controlPlaneUpgrade,
    onReplaced: () => store.compact(),
  });
  const machines = new Machines(context, {
    faults,
    instanceTypes: scenario.instanceTypes,
    onKubelet: (node) => {
      kubelets.keepLease(node);
      kubelets.resume(node);
    },
  });
  const kubelets = startControllers(context, {
    isAlive: (node) => machines.isAlive(node),
    isImageBroken: (pod) => pod.spec.containers.some(({ image }) => faults.isImageBroken(image ?? '')),
    isNeverReady: ({ metadata, spec }) =>
      faults.isNeverReady({
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        uid: metadata.uid,
        nodeGroup: store.find(nodes, undefined, spec.nodeName ?? '')?.metadata.labels?.[
          'eks.amazonaws.com/nodegroup'
        ],
      }),
    isSettling: () => settling,
    certificateAuthorityPem: () => endpoint?.certificateAuthorityPem ?? '',
  });
  const podAnswers = new PodAnswers(scenario.cluster.name, store, () => controlPlane.apiServerVersions());
  const infrastructure = new SimulatedInfrastructure({
    clock,
    store,
    machines,
    controlPlane,
    region: scenario.cluster.region,
    endpoint: () => {
      if (endpoint === undefined)
        throw new Error(
          'the Kubernetes API of the simulated cluster is not being served yet: call setEndpoint first',
        );
      return endpoint;
    },
  });

  const refusal = (token: string): string | undefined =>
    faults.credentialsRefused()
      ? 'the credentials have expired'
      : refusalOf(token, { credentials: [simulatedCredentials], staticTokens });

  return {
    scenario,
    store,
    clock,
    faults,
    infrastructure,
    machines,
    podAnswers,
    askService: (asked) => podAnswers.ofService(asked),
    credentials: simulatedCredentials,
    apiServerVersions: () => controlPlane.apiServerVersions(),
    evict: (namespace, name, evictOptions: DeleteOptions & { dryRun?: boolean }) =>
      evictPod({ store, clock }, namespace, name, evictOptions),
    authenticate: (token) => refusal(token) === undefined,
    refusalOf: refusal,
    addToken: (token) => staticTokens.push(token),
    setEndpoint: (served) => {
      endpoint = served;
    },
    whenIdle: () => loop.whenIdle(),
    start: async () => {
      settling = true;
      for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
        createNamespace(store, name);
      for (const description of nodeDescriptions(scenario)) machines.place(description);
      const manifests: Manifest[] = [
        ...apiServerObjects,
        ...scenario.manifests,
        ...scenario.addons.flatMap((addon) => manifestsOfAddon(addon, scenario.cluster.region)),
        ...scenario.workloads.flatMap(manifestsOfWorkload),
      ];
      // Images that never start are to be so from the first moment.
      const early = faults.turnOn({ images: scenario.faults.images });
      for (const { resource, object } of objectsFromManifests(manifests)) {
        if (object.metadata.namespace !== undefined) createNamespace(store, object.metadata.namespace);
        if (resource.resource === 'namespaces')
          createNamespace(store, object.metadata.name ?? '', object.metadata.labels);
        else store.create(resource, object);
      }
      await loop.whenIdle();
      settling = false;
      early();
      faults.turnOn(scenario.faults);
    },
    stop: () => loop.close(),
    close: () => {
      loop.close();
      clock.close();
    },
  };
}

function createNamespace(store: MemoryStore, name: string, labels: Record<string, string> = {}): void {
  if (store.find(namespaces, undefined, name) === undefined)
    store.create(namespaces, { kind: 'Namespace', metadata: { name, labels } });
}
