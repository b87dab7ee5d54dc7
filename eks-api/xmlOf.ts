import type { XmlFields } from './xml.ts';

/** Structures that are maps by the API's model, which XML has otherwise. */
const maps = new Set(['AuthenticationRequestExtraParams']);

/** A value as the query protocol answers it: lists with `member` elements, what is undefined left out. */
export function xmlOf(value: object): XmlFields {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([name, entry]: [string, unknown]) => [name, maps.has(name) ? mapOf(entry) : fieldOf(entry)]),
  );
}

function fieldOf(value: unknown): string | XmlFields {
  if (Array.isArray(value)) return { member: value.map(fieldOf) };
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null ? xmlOf(value) : String(value);
}

const mapOf = (value: unknown): XmlFields => ({
  entry: Object.entries(value ?? {}).map(([key, entry]) => ({ key, value: String(entry) })),
});
