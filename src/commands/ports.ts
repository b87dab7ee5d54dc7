import { InvalidArgumentError } from 'commander';

/** Reads a port of the command line; 0 is any free one. */
export function portNumber(value: string): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port from 0 to 65535.');
}
