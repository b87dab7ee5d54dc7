import { open } from 'node:fs/promises';
import type { OwnedProcess } from '../../src/processes/ownedProcess.ts';
import { startOwnedProcess } from '../../src/processes/ownedProcess.ts';

export type ComponentName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

/** A program of the lab that runs. It does not outlive this process. */
export interface Component {
  readonly name: ComponentName;
  /** Release, `1.31.0`. */
  readonly version: string;
  readonly pid: number;
  /** Port that it serves, where it does. */
  readonly port?: number;
  isRunning(): boolean;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  /** Resolves with how it ended when nobody had asked for that, and its last lines. */
  readonly failed: Promise<string>;
  /** The newest lines of its log. */
  lastLines(): Promise<string>;
  /** Asks it to end (SIGTERM) and forces it after that many milliseconds. Can be called again. */
  stop(graceMs?: number): Promise<void>;
}

export interface ComponentOptions {
  name: ComponentName;
  version: string;
  program: string;
  args: readonly string[];
  /** Standard output and standard error are appended to it. */
  logFile: string;
  port?: number;
}

/** Tells the number of the process that it then becomes, and lets it write to its log by itself. */
const launch = 'log=$1; shift; echo "pid $$"; exec "$@" >>"$log" 2>&1';
const defaultGraceMs = 5_000;
const tailBytes = 4_000;
const tailLines = 12;

/** Starts a program of the lab. Resolves when it runs, which does not mean that it is ready. */
export async function startComponent(options: ComponentOptions): Promise<Component> {
  const { name, version, program, args, logFile, port } = options;
  const owned = startOwnedProcess('/bin/sh', ['-c', launch, 'sh', logFile, program, ...args], {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
  });
  const pid = Number((await owned.waitForLine(/^pid \d+$/)).slice('pid '.length));
  let stopping = false;
  const lastLines = (): Promise<string> => tailOf(logFile);
  const failed = owned.ended.then(async (how) => {
    if (stopping) return new Promise<string>(() => undefined);
    return `${name} ${version} ${how}. Its last lines:\n${await lastLines()}`;
  });
  return {
    name,
    version,
    pid,
    ...(port === undefined ? {} : { port }),
    isRunning: () => owned.isRunning(),
    ended: owned.ended,
    failed,
    lastLines,
    async stop(graceMs = defaultGraceMs) {
      stopping = true;
      await endOf(owned, pid, graceMs);
    },
  };
}

async function endOf(owned: OwnedProcess, pid: number, graceMs: number): Promise<void> {
  if (!owned.isRunning()) return;
  signal(pid, 'SIGTERM');
  const force = setTimeout(() => signal(pid, 'SIGKILL'), graceMs);
  await owned.ended;
  clearTimeout(force);
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in this moment.
  }
}

async function tailOf(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const length = Math.min(size, tailBytes);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8').trim().split('\n').slice(-tailLines).join('\n');
    } finally {
      await file.close();
    }
  } catch {
    return '(it has written nothing)';
  }
}
