import type { TemporalClient } from '../temporal/connection.ts';

/**
 * Connects to the Temporal server that the environment or a profile names, does something, and disconnects. Temporal's
 * libraries are loaded only now, so that `--help` and `plan` don't wait for them.
 */
export async function withTemporal<T>(use: (temporal: TemporalClient) => Promise<T>): Promise<T> {
  const { configuredTemporal, connectTemporal } = await import('../temporal/connection.ts');
  const temporal = await connectTemporal(configuredTemporal());
  try {
    return await use(temporal);
  } finally {
    await temporal.close();
  }
}
