import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { KubernetesBackend } from '../cluster/types.ts';
import { Catalog } from './catalog.ts';
import type { CustomResources } from './customResources.ts';
import { minorVersion } from './minorVersions.ts';
import { RequestMetrics } from './requestMetrics.ts';

/** One kube-apiserver process of the control plane: what it serves depends on its minor, what it counts is its own. */
export interface ApiServer {
  /** `1.31`. */
  minor: string;
  /** `v1.31.0-eks-1a2b3c4`. */
  gitVersion: string;
  catalog: Catalog;
  metrics: RequestMetrics;
}

export interface WatchEnding {
  /** Ends the watch in an orderly way, as an API server does that shuts down. */
  end: () => void;
  /** Cuts its connection. */
  cut: () => void;
}

/** How often it is looked whether an API server that has open watches is still there, in real milliseconds. */
const retirementCheckMilliseconds = 200;

/**
 * The API servers that run now. As behind a load balancer, each connection belongs to one of them, by turns; when that
 * one goes, its watches end and the connection's next request is answered by another.
 */
export class ApiServers {
  private readonly backend: KubernetesBackend;
  private readonly customResources: CustomResources;
  private readonly servers = new Map<string, ApiServer>();
  private readonly assigned = new WeakMap<Socket, ApiServer>();
  private readonly watches = new Map<WatchEnding, ApiServer>();
  private readonly check: NodeJS.Timeout;
  private readonly stopCutting: (() => void) | undefined;
  private turn = 0;

  constructor(backend: KubernetesBackend, customResources: CustomResources) {
    this.backend = backend;
    this.customResources = customResources;
    this.refresh();
    this.check = setInterval(() => this.refresh(), retirementCheckMilliseconds).unref();
    this.stopCutting = backend.faults.onWatchCut?.(() => this.cutWatches());
  }

  /** Who answers on this connection; undefined while no API server runs. */
  answering(socket: Socket): ApiServer | undefined {
    this.refresh();
    const present = this.assigned.get(socket);
    if (present !== undefined && this.servers.get(present.minor) === present) return present;
    const running = [...this.servers.values()];
    const next = running[this.turn++ % running.length];
    if (next !== undefined) this.assigned.set(socket, next);
    return next;
  }

  /** Keeps a watch until its API server goes or all watches are cut; returns what takes that back. */
  keepWatch(server: ApiServer, watch: WatchEnding): () => void {
    this.watches.set(watch, server);
    return () => this.watches.delete(watch);
  }

  close(): void {
    clearInterval(this.check);
    this.stopCutting?.();
    this.servers.clear();
    this.endRetiredWatches();
  }

  private cutWatches(): void {
    const cut = [...this.watches.keys()];
    this.watches.clear();
    for (const watch of cut) watch.cut();
  }

  private refresh(): void {
    const wanted = this.backend.apiServerVersions();
    if (wanted.length === this.servers.size && wanted.every((minor) => this.servers.has(minor))) return;
    for (const minor of [...this.servers.keys()]) if (!wanted.includes(minor)) this.servers.delete(minor);
    for (const minor of wanted) if (!this.servers.has(minor)) this.servers.set(minor, this.start(minor));
    this.endRetiredWatches();
  }

  private start(minor: string): ApiServer {
    const data = minorVersion(minor);
    const build = createHash('sha256').update(data.release).digest('hex').slice(0, 7);
    const gitVersion = `v${data.release}-eks-${build}`;
    return {
      minor,
      gitVersion,
      catalog: new Catalog(data, this.customResources),
      metrics: new RequestMetrics(this.backend.clock.now(), gitVersion),
    };
  }

  private endRetiredWatches(): void {
    for (const [watch, server] of [...this.watches])
      if (this.servers.get(server.minor) !== server) {
        this.watches.delete(watch);
        watch.end();
      }
  }
}
