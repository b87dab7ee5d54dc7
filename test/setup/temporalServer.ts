import type { TestProject } from 'vitest/node';
import { findTemporalBinary } from '../../src/temporal/binary.ts';
import { startEmbeddedServer } from '../../src/temporal/embedded.ts';

/** The Temporal server that all test files share: `inject('temporal')`. Each test uses task queues and IDs of its own. */
export interface SharedTemporal {
  address: string;
  namespace: string;
  uiUrl: string;
  /** The `temporal` binary, which is also the CLI. */
  binary: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    temporal: SharedTemporal;
  }
}

/** Runs once before all test files: finds or makes the Temporal binary, and starts one server on free ports. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string) => console.error(`[temporal] ${line}`);
  const binary = await findTemporalBinary({ log });
  // Tests that start servers of their own, also in processes of their own, use the same one.
  process.env['STEPLADDER_TEMPORAL_BINARY'] = binary;
  const server = await startEmbeddedServer({ binary, port: 0, uiPort: 0, log });
  const { address, namespace, uiUrl } = server;
  log(`tests use the server at ${address}, run by ${binary}`);
  project.provide('temporal', { address, namespace, uiUrl, binary });
  return () => server.close();
}
