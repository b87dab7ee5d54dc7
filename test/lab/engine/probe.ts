import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOwnedProcess } from '../../../src/processes/ownedProcess.ts';

interface Beat {
  /** When it was asked, and how long the answer took, in milliseconds. */
  at: number;
  ms: number;
  status?: number;
  error?: string;
}

/** What the probe saw from its start to its end. */
export interface ProbeSummary {
  questions: number;
  /** One line for each question that was not answered with 200. */
  failures: string[];
  /** Time in which the API server did not answer: from the first failed question of a row to the next good one. */
  downtimeMs: number;
  /** Longest time between two questions: much more than the beat means that nobody was looking. */
  longestSilenceMs: number;
  slowestAnswerMs: number;
}

export interface Probe {
  stop(): Promise<ProbeSummary>;
}

/** Starts to ask `/readyz` every 200 ms, from a process of its own, on a fresh connection each time. */
export async function startProbe(
  url: string,
  certificateAuthorityPem: string,
  token: string,
): Promise<Probe> {
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-probe-'));
  const certificateAuthority = join(folder, 'ca.pem');
  const answers = join(folder, 'answers.jsonl');
  await writeFile(certificateAuthority, certificateAuthorityPem);
  const owned = startOwnedProcess(
    process.execPath,
    [join(import.meta.dirname, 'probeProcess.ts'), url, certificateAuthority, answers],
    { PATH: process.env['PATH'], PROBE_TOKEN: token },
  );
  await owned.waitForLine(/answered/);
  return {
    async stop() {
      await owned.stop();
      const lines = (await readFile(answers, 'utf8')).trim().split('\n');
      await rm(folder, { recursive: true, force: true });
      return summarize(lines.map((line) => JSON.parse(line) as Beat));
    },
  };
}

function summarize(unsorted: readonly Beat[]): ProbeSummary {
  // Answers may overtake each other.
  const beats = [...unsorted].sort((a, b) => a.at - b.at);
  const good = (beat: Beat): boolean => beat.status === 200;
  let downtimeMs = 0;
  let downSince: number | undefined;
  for (const beat of beats) {
    if (!good(beat)) downSince ??= beat.at;
    else if (downSince !== undefined) {
      downtimeMs += beat.at - downSince;
      downSince = undefined;
    }
  }
  if (downSince !== undefined) downtimeMs += (beats.at(-1)?.at ?? downSince) - downSince;
  return {
    questions: beats.length,
    failures: beats
      .filter((beat) => !good(beat))
      .map(({ at, ms, status, error }) => `${new Date(at).toISOString()} after ${ms} ms: ${error ?? status}`),
    downtimeMs,
    longestSilenceMs: Math.max(0, ...beats.slice(1).map(({ at }, index) => at - (beats[index]?.at ?? at))),
    slowestAnswerMs: Math.max(0, ...beats.map(({ ms }) => ms)),
  };
}
