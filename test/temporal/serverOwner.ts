// Run as a process of its own, to be killed: starts a server and prints where it and its database are.
import { startEmbeddedServer } from '../../src/temporal/embedded.ts';

const { address, databaseFile } = await startEmbeddedServer({ port: 0, uiPort: 0, log: () => undefined });
console.log(`${address} ${databaseFile}`);
