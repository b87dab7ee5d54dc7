import { createHash } from 'node:crypto';
import { createTwoFilesPatch } from 'diff';
import { parseDocument, stringify } from 'yaml';
import type { RenderedDifference } from '../types.ts';

/** What two renderings differ in, and the difference as text. */
export interface ComparedRendering {
  difference: Omit<RenderedDifference, 'evidence'>;
  /** Unified diff, object by object, Secrets' data left out; empty when nothing differs. */
  text: string;
}

/** One rendered object. */
interface Rendered {
  text: string;
  /** Of a Secret. */
  secret?: Record<string, unknown>;
}

/**
 * Compares what is installed of a release with what its new version would install, object by object, so that another
 * order is no difference. The data of Secrets is left out of the text, but which of its keys change is told.
 *
 * @param installed manifest of the installed revision; empty for a first installation
 * @param next rendered manifest of the new version
 */
export function renderedDifference(installed: string, next: string): ComparedRendering {
  const [old, fresh] = [objectsOf(installed), objectsOf(next)];
  const added: string[] = [];
  const changed: string[] = [];
  const removed: string[] = [];
  const parts: string[] = [];
  for (const name of [...new Set([...old.keys(), ...fresh.keys()])].sort()) {
    const [before, after] = [old.get(name), fresh.get(name)];
    if (before?.text === after?.text) continue;
    if (before === undefined) added.push(name);
    else (after === undefined ? removed : changed).push(name);
    parts.push(
      createTwoFilesPatch(
        before === undefined ? '/dev/null' : `installed: ${name}`,
        after === undefined ? '/dev/null' : `new: ${name}`,
        before === undefined ? '' : tellable(before, after, 'old'),
        after === undefined ? '' : tellable(after, before, 'new'),
      ).replace(/^=+\n/, ''),
    );
  }
  const renderedSha256 = createHash('sha256').update(next).digest('hex');
  return { difference: { added, changed, removed, renderedSha256 }, text: parts.join('\n') };
}

/** Objects by what they are called, `Deployment shop/web`; those that share a name under one. */
function objectsOf(manifest: string): Map<string, Rendered> {
  const objects = new Map<string, Rendered>();
  for (const part of manifest.split(/^---\s*$/m)) {
    const object: unknown = parseDocument(part, { logLevel: 'silent', uniqueKeys: false }).toJS();
    if (!isRecord(object)) continue;
    // Lists are taken apart: a Secret in one is a Secret.
    const items = object['kind'] === 'List' && Array.isArray(object['items']) ? object['items'] : undefined;
    const single = items === undefined;
    for (const each of (items ?? [object]).filter(isRecord)) {
      const name = nameOf(each);
      const text = single ? part.replace(/^# Source: .*\n/gm, '').trim() : stringify(each).trim();
      const known = objects.get(name);
      const secret = each['kind'] === 'Secret' ? { ...known?.secret, ...each } : undefined;
      objects.set(name, {
        text: known === undefined ? `${text}\n` : `${known.text}---\n${text}\n`,
        ...(secret === undefined ? {} : { secret }),
      });
    }
  }
  return objects;
}

/** The text of an object as people may see it: of a Secret's values only which ones change is told. */
function tellable({ text, secret }: Rendered, other: Rendered | undefined, side: 'old' | 'new'): string {
  if (secret === undefined) return text;
  const copy = { ...secret };
  for (const field of ['data', 'stringData']) {
    const [values, others] = [copy[field], other?.secret?.[field]];
    if (!isRecord(values)) continue;
    const told = (key: string, value: unknown): string =>
      isRecord(others) && others[key] === value ? '<not shown>' : `<not shown, ${side}>`;
    copy[field] = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, told(key, value)]));
  }
  return stringify(copy);
}

function nameOf(object: Record<string, unknown>): string {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const { namespace, name } = metadata;
  const kind = typeof object['kind'] === 'string' ? object['kind'] : 'object without a kind';
  const named = typeof name === 'string' ? name : '(generated name)';
  return `${kind} ${typeof namespace === 'string' ? `${namespace}/` : ''}${named}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
