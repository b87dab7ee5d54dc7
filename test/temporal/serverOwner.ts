// Run as a process of its own, to be killed: starts a server and prints where it is.
import { startEmbeddedServer } from '../../src/temporal/embedded.ts';

const { address } = await startEmbeddedServer({ port: 0, uiPort: 0, log: () => undefined });
console.log(address);
