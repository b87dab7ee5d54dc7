import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { StepladderError } from '../contract/errors.ts';
import { dataConverter } from './dataConverter.ts';

/** Which Temporal server, and as whom. */
export interface TemporalSettings {
  connectionOptions: NativeConnectionOptions & { address: string };
  namespace: string;
  /** Where this was set, for messages to people. */
  source: string;
}

export interface TemporalClient {
  client: Client;
  connection: Connection;
  settings: TemporalSettings;
  close(): Promise<void>;
}

/** How long is waited for an answer before the server counts as unreachable. */
const connectTimeoutMs = 10_000;

/** gRPC would otherwise send even what is meant for this machine through a proxy named in the environment. */
export const loopbackChannelArguments = { 'grpc.enable_http_proxy': 0 };

/**
 * The server that the person has configured, by the conventions of all Temporal tools: TEMPORAL_ADDRESS,
 * TEMPORAL_NAMESPACE, TEMPORAL_TLS_*, TEMPORAL_API_KEY, or a profile of the Temporal configuration file; without any,
 * 127.0.0.1:7233. Never for the demo or tests: they name the server that they have started.
 *
 * @param profile name of a profile; default is TEMPORAL_PROFILE, then `default`
 */
export function configuredTemporal(profile?: string): TemporalSettings {
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig(
      profile === undefined ? {} : { profile },
    );
    const address = connectionOptions.address ?? '127.0.0.1:7233';
    return {
      connectionOptions: { ...connectionOptions, address },
      namespace: namespace ?? 'default',
      source: describeSource(connectionOptions.address, profile),
    };
  } catch (error) {
    throw new StepladderError(
      'InvalidInput',
      `The Temporal connection settings can't be read: ${reasonOf(error)}. Correct the TEMPORAL_* environment variables or the Temporal configuration file (TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE).`,
      {},
      { cause: error },
    );
  }
}

/** Exactly this server and nothing else, whatever the environment says. */
export function explicitTemporal(address: string, namespace = 'default'): TemporalSettings {
  return { connectionOptions: { address }, namespace, source: 'the server that was started with it' };
}

function describeSource(address: string | undefined, profile: string | undefined): string {
  if (process.env['TEMPORAL_ADDRESS']) return 'TEMPORAL_ADDRESS';
  const name = profile ?? process.env['TEMPORAL_PROFILE'];
  if (address === undefined) return 'the default, because TEMPORAL_ADDRESS is not set';
  return name === undefined ? 'the Temporal configuration file' : `the Temporal profile "${name}"`;
}

/** A client of that server. Throws `Unreachable`, `CredentialsRefused` or `InvalidInput` (no such namespace). */
export async function connectTemporal(settings: TemporalSettings): Promise<TemporalClient> {
  const { connectionOptions, namespace } = settings;
  const { address, tls, apiKey, metadata } = connectionOptions;
  const connection = await connectOr(settings, () =>
    Connection.connect({
      address,
      connectTimeout: connectTimeoutMs,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(isLoopback(address) ? { channelArgs: loopbackChannelArguments } : {}),
    }),
  );
  try {
    await requireNamespace(connection, settings);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const client = new Client({ connection, namespace, dataConverter });
  return { client, connection, settings, close: () => connection.close() };
}

/** A worker's connection to that server. Throws like `connectTemporal`. Install the runtime first. */
export async function connectNative(settings: TemporalSettings): Promise<NativeConnection> {
  const connection = await connectOr(settings, () => NativeConnection.connect(settings.connectionOptions));
  try {
    await requireNamespace(connection, settings);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

async function connectOr<C extends { close(): Promise<void> }>(
  settings: TemporalSettings,
  connect: () => Promise<C>,
): Promise<C> {
  const connecting = connect();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // Should it come after all, nobody wants it any more.
      connecting.then((connection) => connection.close()).catch(() => undefined);
      reject(new Error(`no answer within ${connectTimeoutMs / 1000} s`));
    }, connectTimeoutMs + 500);
  });
  try {
    return await Promise.race([connecting, tooLate]);
  } catch (error) {
    throw connectionError(settings, error);
  } finally {
    clearTimeout(timer);
  }
}

/** The numbers that gRPC gives to the answers that we tell apart. */
const grpcStatus = { notFound: 5, permissionDenied: 7, unauthenticated: 16 };

function connectionError(settings: TemporalSettings, error: unknown): StepladderError {
  const { connectionOptions, source } = settings;
  const { address } = connectionOptions;
  const code = grpcCodeOf(error);
  if (code === grpcStatus.permissionDenied || code === grpcStatus.unauthenticated) {
    return new StepladderError(
      'CredentialsRefused',
      `The Temporal server at ${address} (from ${source}) refuses our credentials: ${reasonOf(error)}. Check TEMPORAL_API_KEY or the TEMPORAL_TLS_* settings, and that they belong to the namespace "${settings.namespace}".`,
      { address },
      { cause: error },
    );
  }
  return new StepladderError(
    'Unreachable',
    `The Temporal server at ${address} (from ${source}) can't be reached: ${reasonOf(error)}. Check that it runs and that TEMPORAL_ADDRESS names it; for one to try things with, run \`npm run demo -- --stay\`.`,
    { address },
    { cause: error },
  );
}

async function requireNamespace(
  connection: Connection | NativeConnection,
  settings: TemporalSettings,
): Promise<void> {
  const { namespace, connectionOptions } = settings;
  try {
    await connection.withDeadline(Date.now() + connectTimeoutMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    if (grpcCodeOf(error) === grpcStatus.notFound) {
      throw new StepladderError(
        'InvalidInput',
        `The Temporal server at ${connectionOptions.address} has no namespace "${namespace}". Set TEMPORAL_NAMESPACE to one that it has, or create it: temporal operator namespace create --namespace ${namespace} --address ${connectionOptions.address}`,
        { namespace },
        { cause: error },
      );
    }
    // Who may run workflows need not be allowed to describe their namespace.
    if (grpcCodeOf(error) === grpcStatus.permissionDenied) return;
    throw connectionError(settings, error);
  }
}

/** The gRPC status of an error or of what caused it. */
export function grpcCodeOf(error: unknown): number | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'number') return at.code;
  }
  return undefined;
}

function isLoopback(address: string): boolean {
  return /^(127\.|localhost[:]|localhost$|\[::1\])/.test(address);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const deepest =
    error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
  return deepest.replaceAll(/\s+/g, ' ').replace(/\.? ?$/, '');
}
