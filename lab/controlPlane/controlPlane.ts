import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from 'undici';
import type { ControlPlaneBinaries } from '../binaries/types.ts';
import { startComponent } from './component.ts';
import type { Component } from './component.ts';
import { kubeconfigText, writeCredentials } from './credentials.ts';
import type { ControlPlaneFiles } from './credentials.ts';
import { startEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  schedulerArguments,
} from './flags.ts';
import { holdPort } from './ports.ts';
import type { HeldPort } from './ports.ts';
import { awaitReady } from './ready.ts';
import { startTokenWebhook } from './tokenWebhook.ts';
import type { LabIdentity, TokenWebhook } from './tokenWebhook.ts';

export interface ControlPlaneOptions {
  /** Minor version to begin with, `1.31`. */
  minor: string;
  /** Empty folder of its own: certificates, etcd's data, logs. */
  folder: string;
  /** Path of the program, and its release. */
  etcd: { program: string; version: string };
  binaries: (minor: string) => Promise<ControlPlaneBinaries>;
  /** Who a bearer token belongs to; asked by the API servers through a webhook, as on EKS. */
  authenticate: (token: string) => LabIdentity | undefined;
  /** Port of the endpoint; any free one unless given. */
  port?: number;
  /** Told whenever a part has been started or has ended. */
  onChange?: () => void;
  log: (line: string) => void;
}

export interface LabControlPlane {
  readonly url: string;
  readonly certificateAuthorityPem: string;
  /** Bearer token of the group system:masters. */
  readonly adminToken: string;
  /** Minor version that all of the control plane has. */
  version(): string;
  /**
   * Replaces the API servers one after the other, each by one that is ready, then controller-manager and scheduler.
   * When the signal ends it, or a new one does not come up, the old minor version is put back.
   */
  upgrade(to: string, signal: AbortSignal): Promise<void>;
  /** What runs now, what is just starting or ending included. */
  components(): Component[];
  /** Resolves when something has ended by itself, with what, and its last lines. */
  readonly failed: Promise<string>;
  close(): Promise<void>;
}

const apiServerCount = 2;
/** It ends waiting for what hangs; a busy machine needs a minute, and what has ended is told of at once. */
const readyLimitMs = 300_000;
/** An API server finishes what it has begun, ends its watches in order, and is forced only after that. */
const apiServerGraceMs = 20_000;
/** At the end of all nobody waits for anything any more, and what etcd holds is removed. */
const closingGraceMs = 0;
/** Another process may take a port in the moment before a program listens on it. */
const portTries = 3;

/** Starts etcd, two API servers behind one endpoint, the controller-manager and the scheduler; resolves when all are ready. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<LabControlPlane> {
  const plane = new ControlPlane(options);
  try {
    await plane.start();
    return plane;
  } catch (error) {
    await plane.close();
    throw error;
  }
}

class ControlPlane implements LabControlPlane {
  readonly failed: Promise<string>;
  readonly #options: ControlPlaneOptions;
  #tellFailure: (what: string) => void = () => undefined;
  #files: ControlPlaneFiles | undefined;
  #agent: Agent | undefined;
  #endpoint: Endpoint | undefined;
  #webhook: TokenWebhook | undefined;
  #etcd: Component | undefined;
  #apiServers: Component[] = [];
  #controllerManager: Component | undefined;
  #scheduler: Component | undefined;
  /** Everything that was started, to be ended in any case. */
  readonly #started = new Set<Component>();
  readonly #closing = new AbortController();
  #version: string;
  #count = 0;

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
    this.#version = options.minor;
    this.failed = new Promise((resolve) => {
      this.#tellFailure = resolve;
    });
  }

  get url(): string {
    return `https://127.0.0.1:${this.#required(this.#endpoint).port}`;
  }

  get certificateAuthorityPem(): string {
    return this.#required(this.#files).certificateAuthorityPem;
  }

  get adminToken(): string {
    return this.#required(this.#files).tokenOf.admin;
  }

  version(): string {
    return this.#version;
  }

  components(): Component[] {
    return [...this.#started].filter((component) => component.isRunning());
  }

  async start(): Promise<void> {
    const { minor, folder, authenticate, binaries, port } = this.#options;
    await mkdir(join(folder, 'logs'), { recursive: true, mode: 0o700 });
    const programs = await binaries(minor);
    [this.#files, this.#webhook, this.#endpoint, this.#etcd] = await Promise.all([
      writeCredentials(join(folder, 'credentials')),
      startTokenWebhook(authenticate),
      startEndpoint(port),
      this.#startEtcd(),
    ]);
    this.#agent = new Agent({ connect: { ca: this.#files.certificateAuthorityPem } });
    await Promise.all([
      this.#kubeconfig('kube-controller-manager'),
      this.#kubeconfig('kube-scheduler'),
      writeFile(this.#path('token-webhook.kubeconfig'), kubeconfigText({ server: this.#webhook.url }), {
        mode: 0o600,
      }),
    ]);
    const signal = this.#closing.signal;
    const servers = await settledAll(
      Array.from({ length: apiServerCount }, () => this.#startApiServer(programs, signal)),
    );
    for (const server of servers) this.#serve(server);
    await this.#startControllers(programs, signal);
  }

  async upgrade(to: string, signal: AbortSignal): Promise<void> {
    const from = this.#version;
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const programs = await this.#options.binaries(to);
    try {
      await this.#replaceApiServers(programs, either);
      await this.#replaceControllers(programs, either);
      this.#version = to;
    } catch (error) {
      if (!this.#closing.signal.aborted) await this.#putBack(from);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the lab is being taken down'));
    const etcd = this.#etcd;
    const others = [...this.#started].filter((component) => component !== etcd);
    await Promise.all(others.map((component) => component.stop(closingGraceMs)));
    // Last: without it the others would only write complaints.
    await etcd?.stop(closingGraceMs);
    await this.#endpoint?.close();
    await this.#webhook?.close();
    await this.#agent?.destroy();
  }

  /** Each old one goes only when a new one serves. */
  async #replaceApiServers(programs: ControlPlaneBinaries, signal: AbortSignal): Promise<void> {
    const outdated = this.#apiServers.filter(({ version }) => version !== programs.version);
    for (const old of outdated) {
      this.#serve(await this.#startApiServer(programs, signal));
      signal.throwIfAborted();
      await this.#retire(old);
    }
  }

  /** They have no leader election: the old ones end first, and nobody reconciles for a moment. */
  async #replaceControllers(programs: ControlPlaneBinaries, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await Promise.all(
      [this.#controllerManager, this.#scheduler]
        .filter((component) => component !== undefined)
        .map((component) => this.#stop(component)),
    );
    await this.#startControllers(programs, signal);
  }

  async #putBack(minor: string): Promise<void> {
    const { log, binaries } = this.#options;
    log(`Putting the control plane back to ${minor}.`);
    const programs = await binaries(minor);
    const signal = this.#closing.signal;
    await this.#replaceApiServers(programs, signal);
    const controllers = [this.#controllerManager, this.#scheduler];
    if (
      controllers.some(
        (component) => component?.isRunning() !== true || component.version !== programs.version,
      )
    )
      await this.#replaceControllers(programs, signal);
  }

  #serve(server: Component): void {
    this.#apiServers.push(server);
    this.#required(this.#endpoint).add(server.port ?? 0);
  }

  async #retire(server: Component): Promise<void> {
    const endpoint = this.#required(this.#endpoint);
    endpoint.drain(server.port ?? 0);
    await this.#stop(server, apiServerGraceMs);
    this.#apiServers = this.#apiServers.filter((other) => other !== server);
    endpoint.remove(server.port ?? 0);
  }

  #startEtcd(): Promise<Component> {
    const { folder, etcd } = this.#options;
    return this.#withPorts(2, async ([client = 0, peer = 0]) => {
      const component = await this.#begin({
        name: 'etcd',
        version: etcd.version,
        program: etcd.program,
        args: etcdArguments({ dataFolder: join(folder, 'etcd'), client, peer }),
        port: client,
      });
      await this.#readyOrStopped(component, this.#closing.signal, {
        url: `http://127.0.0.1:${client}/health`,
      });
      return component;
    });
  }

  #startApiServer(programs: ControlPlaneBinaries, signal: AbortSignal): Promise<Component> {
    const files = this.#required(this.#files);
    return this.#withPorts(1, async ([port = 0]) => {
      const component = await this.#begin({
        name: 'kube-apiserver',
        version: programs.version,
        program: programs.apiServer,
        args: apiServerArguments({
          files,
          etcdPort: this.#required(this.#etcd).port ?? 0,
          port,
          tokenWebhook: this.#path('token-webhook.kubeconfig'),
        }),
        port,
      });
      await this.#readyOrStopped(component, signal, {
        url: `https://127.0.0.1:${port}/readyz`,
        headers: { authorization: `Bearer ${files.tokenOf.admin}` },
        dispatcher: this.#required(this.#agent),
      });
      return component;
    });
  }

  async #startControllers(programs: ControlPlaneBinaries, signal: AbortSignal): Promise<void> {
    const files = this.#required(this.#files);
    const start = (
      name: 'kube-controller-manager' | 'kube-scheduler',
      program: string,
      argumentsFor: (port: number, certificates: string, kubeconfig: string) => string[],
    ): Promise<Component> =>
      this.#withPorts(1, async ([port = 0]) => {
        const component = await this.#begin({
          name,
          version: programs.version,
          program,
          args: argumentsFor(port, this.#path(`${name}-certificates`), this.#path(`${name}.kubeconfig`)),
          port,
        });
        await this.#readyOrStopped(component, signal, {
          url: `https://127.0.0.1:${port}/healthz`,
          dispatcher: untrusting,
        });
        return component;
      });
    [this.#controllerManager, this.#scheduler] = await settledAll([
      start('kube-controller-manager', programs.controllerManager, (port, certificates, kubeconfig) =>
        controllerManagerArguments({ files, port, certificates, kubeconfig }),
      ),
      start('kube-scheduler', programs.scheduler, (port, certificates, kubeconfig) =>
        schedulerArguments({ port, certificates, kubeconfig }),
      ),
    ]);
  }

  async #begin(options: {
    name: Component['name'];
    version: string;
    program: string;
    args: string[];
    port: number;
  }): Promise<Component> {
    this.#closing.signal.throwIfAborted();
    this.#count += 1;
    const { name, version } = options;
    const component = await startComponent({
      ...options,
      logFile: join(this.#options.folder, 'logs', `${this.#count}-${name}-${version}.log`),
    });
    this.#started.add(component);
    this.#options.onChange?.();
    void component.ended.then(() => this.#options.onChange?.());
    if (this.#closing.signal.aborted) await component.stop(closingGraceMs);
    return component;
  }

  /** One that ends before it is ready is told of here; one that ends after that, as what has failed. */
  async #readyOrStopped(
    component: Component,
    signal: AbortSignal,
    question: Parameters<typeof awaitReady>[1],
  ): Promise<void> {
    try {
      await awaitReady(component, question, readyLimitMs, signal);
    } catch (error) {
      await this.#stop(component);
      throw error;
    }
    void component.failed.then((what) => {
      if (!this.#started.has(component)) return;
      this.#endpoint?.remove(component.port ?? 0);
      this.#tellFailure(what);
    });
  }

  async #stop(component: Component, graceMs?: number): Promise<void> {
    await component.stop(graceMs);
    this.#started.delete(component);
  }

  async #withPorts(count: number, start: (ports: number[]) => Promise<Component>): Promise<Component> {
    for (let attempt = 1; ; attempt += 1) {
      const held: HeldPort[] = [];
      const release = (): void => {
        for (const each of held) each.release();
      };
      try {
        while (held.length < count) held.push(await holdPort());
        const component = await start(held.map(({ port }) => port));
        void component.ended.then(release);
        return component;
      } catch (error) {
        release();
        const taken = error instanceof Error && error.message.includes('address already in use');
        if (!taken || attempt === portTries) throw error;
      }
    }
  }

  async #kubeconfig(name: 'kube-controller-manager' | 'kube-scheduler'): Promise<void> {
    const files = this.#required(this.#files);
    const text = kubeconfigText({
      server: this.url,
      certificateAuthorityPem: files.certificateAuthorityPem,
      token: files.tokenOf[name],
    });
    await writeFile(this.#path(`${name}.kubeconfig`), text, { mode: 0o600 });
  }

  #path(name: string): string {
    return join(this.#options.folder, 'credentials', name);
  }

  #required<T>(part: T | undefined): T {
    if (part === undefined) throw new Error('the control plane of the lab has not been started');
    return part;
  }
}

/** Controller-manager and scheduler make certificates for themselves, and nothing secret is asked of them. */
const untrusting = new Agent({ connect: { rejectUnauthorized: false } });

/** As Promise.all, but waits for all of them before it rejects, so that nothing is still being started then. */
async function settledAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
