import { join } from 'node:path';
import { nodeDescriptions } from '../../scenario/nodeDescriptions.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { ControlPlaneBinaries } from '../binaries/types.ts';
import type { Component } from '../controlPlane/component.ts';
import { startControlPlane } from '../controlPlane/controlPlane.ts';
import type { LabControlPlane } from '../controlPlane/controlPlane.ts';
import type { LabIdentity } from '../controlPlane/tokenWebhook.ts';
import { etcdRelease } from '../releases.ts';
import { applyScenario, awaitScenario } from './applyScenario.ts';
import { LabInfrastructure } from './infrastructure.ts';
import { KubernetesClient } from './kubernetesClient.ts';
import { startKwok } from './kwok.ts';
import { Machines } from './machines.ts';
import { provisionVolumes } from './volumeProvisioner.ts';

export interface LabClusterOptions {
  /** What the cluster starts with; the control plane's minor version is the scenario's. */
  scenario: Scenario;
  /** Folder of its own. */
  folder: string;
  speed: number;
  /** Of the nodes' names. */
  seed: number;
  /** Port of its Kubernetes API; any free one unless given. */
  port?: number | undefined;
  binaries: { controlPlane: (minor: string) => Promise<ControlPlaneBinaries>; etcd: string; kwok: string };
  /** Who a bearer token belongs to. */
  authenticate: (token: string) => LabIdentity | undefined;
  /** More to be put in before it is waited for. */
  furnish?: (client: KubernetesClient) => Promise<void>;
  /** How long to wait until the scenario's Pods are Ready, in milliseconds; not at all unless given. */
  settleLimitMs?: number;
  /** Told whenever something begins or ends to run. */
  onChange: () => void;
  log: (line: string) => void;
}

/** What there is of a cluster once its control plane answers. */
export interface LabClusterParts {
  controlPlane: LabControlPlane;
  client: KubernetesClient;
  machines: Machines;
}

/** A cluster of real programs: a control plane, and nodes and Pods by KWOK. It has an etcd and certificates of its own. */
export class LabCluster {
  readonly infrastructure: LabInfrastructure;
  /** Resolves when a part has ended by itself, with which, and its last lines. */
  readonly failed: Promise<string>;
  readonly #options: LabClusterOptions;
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  readonly #stop = new AbortController();
  #tellFailure: (what: string) => void = () => undefined;
  #parts: LabClusterParts | undefined;
  #kwok: Component | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: LabClusterOptions) {
    this.#options = options;
    const { region, version } = options.scenario.cluster;
    this.infrastructure = new LabInfrastructure({ region, version, parts: () => this.#parts });
    this.failed = new Promise((resolve) => {
      this.#tellFailure = resolve;
    });
  }

  /** @throws Error before its control plane has been started */
  get parts(): LabClusterParts {
    if (this.#parts === undefined) throw new Error('the cluster of the lab has not been started');
    return this.#parts;
  }

  /** Everything that runs: the control plane's parts and KWOK. */
  components(): Component[] {
    return [
      ...(this.#parts?.controlPlane.components() ?? []),
      ...(this.#kwok?.isRunning() === true ? [this.#kwok] : []),
    ];
  }

  /** Starts all of it; resolves when its API answers and what is in it is made. Whoever closes it meanwhile ends it. */
  async start(): Promise<void> {
    const { scenario, furnish, settleLimitMs, log } = this.#options;
    const { client, machines } = await this.#startControlPlane();
    const descriptions = nodeDescriptions(scenario);
    log(`Starting ${descriptions.length} nodes and what the scenario runs on them.`);
    await this.#startKwok();
    await Promise.all([
      ...descriptions.map((description) => machines.place(description)),
      applyScenario(client, scenario),
      furnish?.(client),
    ]);
    const provisioning = provisionVolumes(client, this.#stop.signal);
    this.#cleanups.push(async () => {
      this.#stop.abort();
      await provisioning;
    });
    if (settleLimitMs === undefined) return;
    await Promise.race([
      awaitScenario(client, settleLimitMs, this.#stop.signal),
      this.failed.then((what) => Promise.reject(new Error(what))),
    ]);
  }

  /** Ends all that runs. What is just starting then ends by itself, and has to be closed after that once more. */
  close(): Promise<void> {
    this.#stop.abort(new Error('the lab is being taken down'));
    this.#closing = this.#closing.then(async () => {
      for (let clean = this.#cleanups.pop(); clean !== undefined; clean = this.#cleanups.pop()) await clean();
    });
    return this.#closing;
  }

  async #startControlPlane(): Promise<LabClusterParts> {
    const { scenario, folder, binaries, authenticate, port, speed, seed, onChange, log } = this.#options;
    log(`Starting the control plane of Kubernetes ${scenario.cluster.version}.`);
    const controlPlane = await startControlPlane({
      minor: scenario.cluster.version,
      folder: join(folder, 'control-plane'),
      etcd: { program: binaries.etcd, version: etcdRelease },
      binaries: binaries.controlPlane,
      authenticate,
      ...(port === undefined ? {} : { port }),
      onChange,
      log,
    });
    this.#cleanups.push(() => controlPlane.close());
    void controlPlane.failed.then(this.#tellFailure);
    const client = new KubernetesClient(addressOf(controlPlane));
    this.#cleanups.push(() => client.close());
    const machines = new Machines({ client, scenario, speed, seed, onTrouble: log });
    this.#cleanups.push(async () => machines.close());
    this.#parts = { controlPlane, client, machines };
    onChange();
    this.#stop.signal.throwIfAborted();
    return this.#parts;
  }

  async #startKwok(): Promise<void> {
    const { scenario, folder, binaries, speed, onChange } = this.#options;
    const kwok = await startKwok({
      program: binaries.kwok,
      folder: join(folder, 'kwok'),
      cluster: addressOf(this.parts.controlPlane),
      timings: scenario.timings,
      speed,
    });
    this.#kwok = kwok;
    this.#cleanups.push(() => kwok.stop(1_000));
    void kwok.failed.then(this.#tellFailure);
    onChange();
    this.#stop.signal.throwIfAborted();
  }
}

function addressOf({ url, certificateAuthorityPem, adminToken }: LabControlPlane) {
  return { url, certificateAuthorityPem, token: adminToken };
}
