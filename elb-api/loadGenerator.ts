import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterHeader } from './podStandIns.ts';

/** How long an answer may take. Milliseconds. */
const answerWithinMs = 10_000;
/** Failures that are told of one by one; more are only counted. */
const mostTold = 20;

/** What has come of the requests so far. */
export interface LoadCount {
  answered: number;
  /** No answer, or one of 400 or more. */
  failed: number;
  /** Answers, failed ones as well, by the cluster that gave them. */
  byCluster: Record<string, number>;
  /** The first failures: when, by the real clock, and why. */
  failures: { at: string; why: string }[];
}

/** A load that is being put on something. */
export interface Load {
  /** A copy of the count. */
  count(): LoadCount;
  /** Resolves when so many requests more have been answered or have failed. */
  more(requests: number): Promise<void>;
  /** Sends no more, waits for what is under way, and gives the count. */
  stop(): Promise<LoadCount>;
}

/**
 * Asks an address again and again, as users do: a number of them side by side, each with one request at a time over
 * connections that are kept open.
 *
 * @param options.users 4 unless given
 * @param options.pauseMs between two requests of a user; 5 unless given
 */
export function startLoad(options: { url: string; users?: number; pauseMs?: number }): Load {
  const { url, users = 4, pauseMs = 5 } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: users });
  const count: LoadCount = { answered: 0, failed: 0, byCluster: {}, failures: [] };
  const waiting = new Set<{ until: number; resolve: () => void }>();
  let stopped = false;

  const note = (outcome: Outcome): void => {
    const { cluster, why } = outcome;
    if (why === undefined) count.answered += 1;
    else count.failed += 1;
    if (cluster !== undefined) count.byCluster[cluster] = (count.byCluster[cluster] ?? 0) + 1;
    if (why !== undefined && count.failures.length < mostTold) {
      count.failures.push({ at: new Date().toISOString(), why });
    }
    for (const each of waiting) {
      if (count.answered + count.failed < each.until) continue;
      waiting.delete(each);
      each.resolve();
    }
  };
  const use = async (): Promise<void> => {
    while (!stopped) {
      note(await ask(url, agent));
      await sleep(pauseMs);
    }
  };
  const all = Promise.all(Array.from({ length: users }, use));

  return {
    count: () => structuredClone(count),
    more: (requests) =>
      new Promise((resolve) => waiting.add({ until: count.answered + count.failed + requests, resolve })),
    async stop() {
      stopped = true;
      await all;
      agent.destroy();
      return structuredClone(count);
    },
  };
}

interface Outcome {
  cluster?: string | undefined;
  /** Absent where the request was answered well. */
  why?: string;
}

async function ask(url: string, agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const asked = request(url, { agent, timeout: answerWithinMs }, (answer) => {
      const header = answer.headers[clusterHeader];
      const cluster = typeof header === 'string' ? header : undefined;
      const status = answer.statusCode ?? 0;
      answer.resume();
      answer.on('end', () => resolve({ cluster, ...(status < 400 ? {} : { why: `answered ${status}` }) }));
      answer.on('error', (error) => resolve({ cluster, why: error.message }));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', (error) => resolve({ why: error.message }));
    asked.end();
  });
}
