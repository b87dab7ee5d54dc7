import { isUtf8 } from 'node:buffer';

/** The bytes of a text, as they can be searched and parsed. */
export interface TextBytes {
  /** UTF-8, or what the encoding below says. */
  bytes: Buffer;
  encoding: 'utf8' | 'latin1';
  /** One sentence, when the text is not as YAML wants it. */
  problem?: string;
}

/**
 * Brings a file's bytes into a form in which names of APIs are ASCII: a byte-order mark says whether it is UTF-8 or
 * UTF-16 (YAML 1.2, 5.2); what is no UTF-8 is read as Latin-1 and told. Undefined for what is no text.
 */
export function textOf(bytes: Buffer): TextBytes | undefined {
  if (bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) return decoded(bytes, 'utf-16le');
  if (bytes.length >= 2 && bytes[0] === 0xfe && bytes[1] === 0xff) return decoded(bytes, 'utf-16be');
  if (bytes.includes(0)) return undefined;
  // Without the mark, so that what stands at the text's start is seen to stand there.
  if (isUtf8(bytes)) return { bytes: bytes.subarray(hasUtf8Mark(bytes) ? 3 : 0), encoding: 'utf8' };
  return {
    bytes,
    encoding: 'latin1',
    problem: 'It is not UTF-8, so that tools of Kubernetes refuse it; it was read as Latin-1.',
  };
}

function hasUtf8Mark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function decoded(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): TextBytes | undefined {
  const text = new TextDecoder(encoding).decode(bytes);
  return text.includes('\0') ? undefined : { bytes: Buffer.from(text), encoding: 'utf8' };
}
