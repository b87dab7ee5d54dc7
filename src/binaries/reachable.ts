import { connect } from 'node:net';
import { elapsed } from './elapsed.ts';

const connectTimeoutMs = 5_000;

/** Whether the environment names a proxy, behind which a host can be had that can't be connected to. */
export function usesProxy(environment: NodeJS.ProcessEnv): boolean {
  return ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].some((name) => Boolean(environment[name]));
}

/** Resolves when a TCP connection can be opened; throws with the reason otherwise. */
export async function requireReachable(host: string, port: number): Promise<void> {
  const socket = connect({ host, port, timeout: connectTimeoutMs });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => {
        reject(new Error(`no answer within ${elapsed(connectTimeoutMs)}`));
      });
    });
  } catch (error) {
    throw new Error(`${host} can't be reached: ${reasonOf(error)}`, { cause: error });
  } finally {
    socket.destroy();
  }
}

function reasonOf(error: unknown): string {
  // A name with several addresses fails with one error for each, and no message of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
