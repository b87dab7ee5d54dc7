import { StepladderError } from '../contract/errors.ts';

/** Longest name that a folder entry is given here; file systems take 255 bytes. Characters. */
const longestName = 180;

/**
 * Turns a key into the names of folders and of a file (without suffix) in which it is kept. Different keys give
 * different paths, whatever characters they are made of, and none leads outside the folder: what is not a plain
 * character is written as `%XX`, and a long segment goes over several folders whose names end in `~`.
 *
 * @throws StepladderError `InternalError` for a key with an empty segment, `.` or `..`
 */
export function pathOfKey(key: string): string[] {
  const segments = key.split('/');
  return segments.flatMap((segment, index) => {
    if (segment === '' || segment === '.' || segment === '..') {
      throw new StepladderError(
        'InternalError',
        `"${key}" can't be a key of evidence: it has the segment "${segment}".`,
      );
    }
    const encoded = encode(segment, index === segments.length - 1);
    const pieces: string[] = [];
    for (let at = 0; at < encoded.length; at += longestName) pieces.push(encoded.slice(at, at + longestName));
    return pieces.map((piece, at) => (at === pieces.length - 1 ? piece : `${piece}~`));
  });
}

/** The key that a path stands for; the reverse of `pathOfKey`. */
export function keyOfPath(names: readonly string[]): string {
  const joined = names.map((name) => (name.endsWith('~') ? name.slice(0, -1) : `${name}/`)).join('');
  return joined
    .replace(/\/$/, '')
    .split('/')
    .map((segment) => decodeURIComponent(segment))
    .join('/');
}

function encode(segment: string, last: boolean): string {
  const plain = encodeURIComponent(segment).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  // Names that begin with a dot are kept for files that are being written.
  const undotted = plain.replace(/^\./, '%2E');
  // A folder must not be called what a file of another key is called.
  return last ? undotted : undotted.replace(/\.(jsonl?)$/, '%2E$1');
}
