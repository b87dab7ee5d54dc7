import { setTimeout as sleep } from 'node:timers/promises';
import { StepladderError } from '../contract/errors.ts';
import type { ProbeSummary } from '../contract/evidence.ts';
import type { KubernetesConnection } from './connection.ts';
import { addPause, addProbe, openAccount, summarize } from './probeAccount.ts';
import type { ProbeAccount } from './probeAccount.ts';

/** Longest time between the beginnings of two probes. */
const longestIntervalMs = 1_000;
/** A pause beyond this is no mere late timer. */
const longestPauseMs = 2 * longestIntervalMs;

export interface ProbeOptions {
  /** From the beginning of one probe to that of the next; 1 s at the most. Milliseconds. */
  intervalMs: number;
  /** After this without an answer a probe has failed. Milliseconds. */
  timeoutMs: number;
  /** What an earlier probe has measured and when it last did (ISO 8601): the time since then is unobserved. */
  prior?: { summary: ProbeSummary; lastProbeAt?: string | undefined };
}

export interface ProbeSnapshot {
  summary: ProbeSummary;
  /** ISO 8601; absent before the first probe has ended. */
  lastProbeAt?: string;
}

/** A probe that runs until it is stopped. */
export interface RunningProbe {
  snapshot(): ProbeSnapshot;
  /** Ends it; a probe under way is not counted. */
  stop(): Promise<ProbeSummary>;
}

/**
 * Asks the API server's /readyz over and over, to measure its downtime while its control plane is replaced (rule 4).
 * One probe at a time: while one waits for its time limit no other begins, and the time counts all the same.
 * An answer below 500 means that the server is up, also 401, 403 or 429. When there are no credentials to ask with,
 * nothing was probed: that time is unobserved.
 */
export function startProbe(connection: KubernetesConnection, options: ProbeOptions): RunningProbe {
  return new ApiServerProbe(connection, options);
}

class ApiServerProbe implements RunningProbe {
  readonly #connection: KubernetesConnection;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #account: ProbeAccount;
  #lastProbeAt: Date | undefined;

  constructor(connection: KubernetesConnection, { intervalMs, timeoutMs, prior }: ProbeOptions) {
    this.#connection = connection;
    this.#intervalMs = Math.min(intervalMs, longestIntervalMs);
    this.#timeoutMs = timeoutMs;
    const lastProbeAt = prior?.lastProbeAt === undefined ? undefined : new Date(prior.lastProbeAt);
    // Between processes there is no clock in common but the wall's.
    const gap = lastProbeAt === undefined ? 0 : Date.now() - lastProbeAt.getTime();
    this.#account = openAccount(performance.now(), prior?.summary, gap > longestPauseMs ? gap : 0);
    this.#lastProbeAt = lastProbeAt;
    this.#running = this.#run();
  }

  snapshot(): ProbeSnapshot {
    return {
      summary: summarize(this.#account),
      ...(this.#lastProbeAt === undefined ? {} : { lastProbeAt: this.#lastProbeAt.toISOString() }),
    };
  }

  async stop(): Promise<ProbeSummary> {
    this.#stopped.abort();
    await this.#running;
    return summarize(this.#account);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    for (;;) {
      const startedAt = performance.now();
      const up = await this.#ask(signal);
      const endedAt = performance.now();
      // The stop may have been what ended it.
      if (signal.aborted) return;
      if (up === undefined) {
        this.#account = addPause(this.#account, endedAt);
      } else {
        this.#account = addProbe(this.#account, { startedAt, endedAt, up }, longestPauseMs);
        this.#lastProbeAt = new Date();
      }
      const rest = Math.max(0, this.#intervalMs - (performance.now() - startedAt));
      await sleep(rest, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Undefined when it could not be asked at all. */
  async #ask(signal: AbortSignal): Promise<boolean | undefined> {
    try {
      // A connection of its own each time: one that is kept open stays with the API server that it once found, behind
      // whatever load balancer, and would not notice that the others, or the way to them, are gone.
      return (await this.#connection.knock('/readyz', this.#timeoutMs, signal)) < 500;
    } catch (error) {
      return error instanceof StepladderError ? undefined : false;
    }
  }
}
