/**
 * Starts something that listens on a port, any free one unless it is given.
 *
 * @param what for the error's sake, `EKS API`
 * @throws Error that names the port, where it is taken or may not be used
 */
export async function onPort<T>(
  what: string,
  port: number | undefined,
  host: string,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(port ?? 0);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EADDRINUSE' ? 'is taken by another program' : 'may not be used without privileges';
    throw new Error(
      `Port ${port ?? 0} of ${host}, asked for by the simulated ${what}, ${why}. Choose another one, or leave it out for any that is free.`,
      { cause: error },
    );
  }
}

/** A URL as others reach it, where that is by another name than the one that is listened on. */
export function advertised(url: string, host: string | undefined): string {
  if (host === undefined) return url;
  const { protocol, port } = new URL(url);
  return `${protocol}//${host}:${port}`;
}
