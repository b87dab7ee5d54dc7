import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of the module with our payload converter, for whoever makes a worker or a workflow bundle. */
export const payloadConverterPath = fileURLToPath(
  import.meta.resolve(`./payloadConverter${extname(import.meta.filename)}`),
);

/** For every client and worker: both sides must understand the same payloads. */
export const dataConverter = { payloadConverterPath };
