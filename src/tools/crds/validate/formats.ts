import { isIP, isIPv6 } from 'node:net';
import { matchesPattern } from './pattern.ts';

const uuid = (version: string, variant: string): string =>
  `(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`;

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

const matching =
  (pattern: string, longest = Infinity) =>
  (text: string): boolean =>
    text.length <= longest && matchesPattern(pattern, text) === true;

/** Formats that are judged here, by their names without hyphens, as the API server matches them. */
const judged: Readonly<Record<string, (text: string) => boolean>> = {
  uuid: matching(uuid('[0-9a-f]', '[0-9a-f]')),
  uuid3: matching(uuid('3', '[0-9a-f]')),
  uuid4: matching(uuid('4', '[89ab]')),
  uuid5: matching(uuid('5', '[89ab]')),
  ipv4: (text) => /^\d+(\.\d+){3}$/.test(text) && isIP(text.replaceAll(/\b0+(?=\d)/g, '')) === 4,
  ipv6: (text) => isIPv6(text),
  byte: matching('^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$'),
  password: () => true,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text),
  k8sshortname: matching(`^${label}$`, 63),
  k8slongname: matching(`^${label}(\\.${label})*$`, 253),
};

/** Formats that API servers check and this does not: their rules are Go's own. */
const notJudged = new Set([
  ...[
    'bsonobjectid',
    'uri',
    'email',
    'hostname',
    'cidr',
    'mac',
    'isbn',
    'isbn10',
    'isbn13',
    'creditcard',
    'ssn',
  ],
  ...['hexcolor', 'rgbcolor', 'duration', 'datetime'],
]);

/** Whether a text has a format; undefined for one that can't be told here. API servers ignore those they don't know. */
export function hasFormat(format: string, text: string): boolean | undefined {
  const name = format.replaceAll('-', '');
  const judge = Object.hasOwn(judged, name) ? judged[name] : undefined;
  if (judge !== undefined) return judge(text);
  if (name === 'datetime' && isCommonTime(text)) return true;
  return notJudged.has(name) ? undefined : true;
}

/** As Kubernetes writes times; other ways to write one are not told from what is none. */
function isCommonTime(text: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  return match?.[1] !== undefined && isDay(match[1]);
}

function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}
