/** True for what is fetched over HTTP, and not read from the worker's disk. */
export function isAddress(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

/**
 * The address of the file's own text for what people copy from GitHub: a page (`/blob/`, `/tree/`), or the form that
 * kustomize takes (`https://github.com/owner/name/path?ref=v1.2.3`). Every other address is left as it is.
 */
export function rawAddress(address: string): string {
  const url = new URL(address);
  if (url.hostname !== 'github.com') return address;
  const [owner, name, ...rest] = url.pathname.split('/').filter((part) => part !== '');
  if (owner === undefined || name === undefined) return address;
  const raw = (ref: string, path: readonly string[]): string =>
    `https://raw.githubusercontent.com/${[owner, name.replace(/\.git$/, ''), ref, ...path].join('/')}`;
  const [view, ref] = rest;
  if ((view === 'blob' || view === 'tree' || view === 'raw') && ref !== undefined)
    return raw(ref, rest.slice(2));
  const asked = url.searchParams.get('ref') ?? url.searchParams.get('version');
  // `releases/download/…` are files already.
  return asked === null || asked === '' ? address : raw(asked, rest);
}

/** An address as it may be shown: without a login and without a query, which may hold a token. */
export function shownAddress(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}

/** The address of a file in what an address names as a folder; its query, which may let in, stays. */
export function inFolder(address: string, file: string): string {
  const url = new URL(address);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  const inside = new URL(file, url);
  if (inside.origin === url.origin && inside.search === '') inside.search = url.search;
  return inside.href;
}
