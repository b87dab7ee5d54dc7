import { execa } from 'execa';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sha256Of } from './checksums.ts';
import { elapsed } from './elapsed.ts';
import { requireReachable, usesProxy } from './reachable.ts';

const requestTimeoutMs = 10 * 60_000;

/** Programs that a project publishes together. */
export interface Release {
  /** As people are told: `helm 3.19.5`. */
  what: string;
  /** Where the project publishes it; undefined when it does not for this platform. */
  published(platform: { os: string; arch: string }): Publication | undefined;
}

/** Files of an official release, each with where its sha-256 is to be read. */
export interface Publication {
  host: string;
  files: { program: string; path: string; checksumPath: string; archiveMember?: string }[];
}

/** Whether each host can be reached: tried once in a process. */
const tries = new Map<string, Promise<void>>();

/**
 * Fetches an official release into a folder and checks each file against the published sha-256.
 *
 * @param origin scheme, host and port to fetch from instead of the project's own
 * @throws Error that says why it can't
 */
export async function downloadRelease(
  wanted: Release,
  folder: string,
  options: {
    environment: NodeJS.ProcessEnv;
    log: (line: string) => void;
    signal?: AbortSignal | undefined;
    origin?: string | undefined;
  },
): Promise<void> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const publication = wanted.published({ os: process.platform, arch });
  if (publication === undefined)
    throw new Error(`there is no official release for ${process.platform} on ${arch}`);
  const { environment, log, signal, origin } = options;
  // Only a try can tell what a proxy lets through.
  if (origin === undefined && !usesProxy(environment)) await reached(publication.host);
  const from = origin ?? `https://${publication.host}`;
  log(`Downloading ${wanted.what} from ${publication.host}.`);
  const started = Date.now();
  for (const { program, path, checksumPath, archiveMember } of publication.files) {
    const file = join(folder, basename(path));
    await save(`${from}${path}`, file, signal);
    const expected = checksumIn(await textOf(`${from}${checksumPath}`, signal), basename(path));
    const actual = await sha256Of(file);
    if (actual !== expected)
      throw new Error(`${from}${path} has the sha-256 ${actual}, and ${expected || 'none'} is published`);
    if (archiveMember !== undefined)
      await execa('tar', ['-xzf', file, '-C', folder, '--strip-components=1', archiveMember]);
    else await rename(file, join(folder, program));
  }
  log(`Downloaded ${wanted.what} in ${elapsed(Date.now() - started)}.`);
}

function reached(host: string): Promise<void> {
  const known = tries.get(host) ?? requireReachable(host, 443);
  tries.set(host, known);
  return known;
}

async function answerOf(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const limit = AbortSignal.timeout(requestTimeoutMs);
  const response = await fetch(url, {
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

async function textOf(url: string, signal: AbortSignal | undefined): Promise<string> {
  return (await answerOf(url, signal)).text();
}

async function save(url: string, file: string, signal: AbortSignal | undefined): Promise<void> {
  const { body } = await answerOf(url, signal);
  if (body === null) throw new Error(`${url} answered with nothing`);
  await pipeline(Readable.fromWeb(body), createWriteStream(file));
}

/** The sum of a file in a list (`<sum>  <name>` a line), or the only one there. */
function checksumIn(text: string, name: string): string {
  const lines = text.trim().split('\n');
  const line = lines.find((each) => each.trim().endsWith(` ${name}`)) ?? (lines.length === 1 ? lines[0] : '');
  return /^[0-9a-f]{64}/.exec(line ?? '')?.[0] ?? '';
}
