import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { searchAttributeNames } from '../contract/searchAttributes.ts';
import { findTemporalBinary } from './binary.ts';
import { loopbackChannelArguments } from './connection.ts';
import { startOwnedProcess } from '../processes/ownedProcess.ts';
import type { OwnedProcess } from '../processes/ownedProcess.ts';
import { findFreePort, isPortFree, loopback, PortTaken } from '../processes/ports.ts';

export interface EmbeddedServerOptions {
  /** Path of the `temporal` binary; without it one is found, downloaded or built. */
  binary?: string;
  /** Where the database's own new folder is made; without it under the system's temporary folder, and removed at the end. */
  dataFolder?: string;
  /** Port for clients. Without it 7233 if that and 8233 are free, else any; 0 is any free port. A taken one is an error. */
  port?: number;
  /** Port for the Temporal UI. Without it 8233, or any free one, in step with `port`; 0 is any free port. */
  uiPort?: number;
  /** Dynamic configuration of the server beside our own, by its keys: `limit.historyCount.suggestContinueAsNew`. */
  dynamicConfig?: Readonly<Record<string, number | boolean>>;
  log: (line: string) => void;
}

/** A Temporal server that is ours alone: on loopback, with an empty database, gone when we are. */
export interface EmbeddedServer {
  /** `host:port` for clients. */
  address: string;
  /** Where the Temporal UI is, without a slash at the end. */
  uiUrl: string;
  namespace: string;
  /** Path of the `temporal` binary that it runs by, which is the Temporal CLI too. */
  binary: string;
  /** The SQLite file that holds everything. */
  databaseFile: string;
  /** Resolves with one sentence if the server ends, whether or not it was closed. */
  ended: Promise<string>;
  /** Stops the server and waits until it is gone. Can be called again. */
  close(): Promise<void>;
}

const { ServingStatus } = proto.grpc.health.v1.HealthCheckResponse;
const defaultPort = 7233;
const defaultUiPort = 8233;
const namespace = 'default';
const readyTimeoutMs = 60_000;
const bannerTimeoutMs = 15_000;
/** Between finding a port free and the server's listening on it, another program can take it; then we choose again. */
const portAttempts = 5;

/**
 * Starts a Temporal server with UI and our search attributes, and resolves once it answers to all that we need.
 * Throws `PortTaken`, `ProgramMissing`, or an error with the server's last words.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { log } = options;
  const binary = options.binary ?? (await findTemporalBinary({ log }));
  const parent = options.dataFolder ?? tmpdir();
  await mkdir(parent, { recursive: true });

  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts(options);
    const folder = await mkdtemp(join(parent, 'stepladder-temporal-'));
    const databaseFile = join(folder, 'temporal.db');
    const server = startOwnedProcess(
      binary,
      serverArguments(ports, databaseFile, options.dynamicConfig ?? {}),
      serverEnvironment(),
      options.dataFolder === undefined ? folder : undefined,
    );
    try {
      await awaitReady(server, ports);
    } catch (error) {
      await server.stop();
      const portWasTaken = server.output.some((line) => line.includes('address already in use'));
      if (portWasTaken && attempt < portAttempts) continue;
      throw startError(binary, error, server.output);
    }
    return {
      address: `${loopback}:${ports.port}`,
      uiUrl: `http://${loopback}:${ports.uiPort}`,
      namespace,
      binary,
      databaseFile,
      ended: server.ended.then((how) => `The embedded Temporal server ${how}.`),
      close: () => server.stop(),
    };
  }
}

function startError(binary: string, error: unknown, output: readonly string[]): Error {
  const reason = error instanceof Error ? error.message : String(error);
  // A crash prints pages of stacks; what went wrong stands above them.
  const telling = output.filter((line) => /error|panic|unable|fail/i.test(line)).slice(0, 5);
  const words = telling.length > 0 ? telling : output.slice(-5);
  const said = words.map((line) => `\n  ${line.slice(0, 300)}`).join('');
  return new Error(
    `The embedded Temporal server (${binary}) did not start: ${reason}.${said === '' ? '' : ` It said:${said}`}`,
    { cause: error },
  );
}

interface Ports {
  port: number;
  uiPort: number;
}

async function choosePorts(options: EmbeddedServerOptions): Promise<Ports> {
  const { port, uiPort } = options;
  if (port === undefined && uiPort === undefined) {
    const usual = (await isPortFree(defaultPort)) && (await isPortFree(defaultUiPort));
    if (usual) return { port: defaultPort, uiPort: defaultUiPort };
  }
  return {
    port: await choosePort(port, 'the Temporal server'),
    uiPort: await choosePort(uiPort, 'the Temporal UI'),
  };
}

async function choosePort(wanted: number | undefined, what: string): Promise<number> {
  if (wanted === undefined || wanted === 0) return findFreePort();
  if (!(await isPortFree(wanted))) throw new PortTaken(wanted, what);
  return wanted;
}

function serverArguments(
  { port, uiPort }: Ports,
  databaseFile: string,
  dynamicConfig: Readonly<Record<string, number | boolean>>,
): string[] {
  return [
    ...['server', 'start-dev', '--ip', loopback, '--port', String(port), '--ui-port', String(uiPort)],
    ...['--namespace', namespace, '--db-filename', databaseFile, '--log-level', 'error', '--color', 'never'],
    // What the person has configured for the Temporal CLI is meant for other servers.
    ...['--disable-config-file', '--disable-config-env'],
    ...searchAttributeNames.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    // The server would otherwise ask a site of its makers whether it is current.
    ...['--dynamic-config-value', 'frontend.enableServerVersionCheck=false'],
    // A newly started worker sees what was registered a moment ago.
    ...['--dynamic-config-value', 'system.forceSearchAttributesCacheRefreshOnRead=true'],
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
  ];
}

/** Ours without what would configure the Temporal CLI. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/**
 * Waits until the server has said that it is up (on these ports another one might answer), its health check says
 * SERVING, our namespace and search attributes are there, and the UI answers.
 */
async function awaitReady(server: OwnedProcess, { port, uiPort }: Ports): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  // A release of the Temporal CLI that words it otherwise is taken by what it answers alone.
  await Promise.race([
    server.waitForLine(new RegExp(`Server:.*:${port}$`)),
    sleep(bannerTimeoutMs, undefined, { ref: false }),
  ]);
  const connection = Connection.lazy({
    address: `${loopback}:${port}`,
    channelArgs: loopbackChannelArguments,
  });
  try {
    let reason: string | undefined;
    while ((reason = await whyNotReady(connection, uiPort)) !== undefined) {
      if (!server.isRunning()) throw new Error(await server.ended);
      if (Date.now() > deadline) throw new Error(`not ready after ${readyTimeoutMs / 1000} s: ${reason}`);
      await sleep(50);
    }
  } finally {
    await connection.close();
  }
}

async function whyNotReady(connection: Connection, uiPort: number): Promise<string | undefined> {
  try {
    return await connection.withDeadline(Date.now() + 5_000, async () => {
      const health = await connection.healthService.check({
        service: 'temporal.api.workflowservice.v1.WorkflowService',
      });
      if (health.status !== ServingStatus.SERVING) return 'its health check does not say SERVING';
      await connection.workflowService.describeNamespace({ namespace });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = searchAttributeNames.filter((name) => !Object.hasOwn(customAttributes, name));
      if (missing.length > 0) return `search attributes missing: ${missing.join(', ')}`;
      const ui = await fetch(`http://${loopback}:${uiPort}/`, { signal: AbortSignal.timeout(5_000) });
      return ui.ok ? undefined : `its UI answers ${ui.status}`;
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
