import { extname, join } from 'node:path';

/** Path of the module with our payload converter, for whoever makes a worker or a workflow bundle. */
export const payloadConverterPath = join(
  import.meta.dirname,
  `payloadConverter${extname(import.meta.filename)}`,
);

/** For every client and worker: both sides must understand the same payloads. */
export const dataConverter = { payloadConverterPath };
