import { isObject, listAt, objectAt, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import { asDecoded } from './asDecoded.ts';
import { validateValue } from './validateValue.ts';
import type { Findings } from './validateValue.ts';

export interface ObjectVerdict {
  /** Why the API server would refuse it, each with its path; never with a value. */
  problems: string[];
  /** Rules that are not the old schema's and can't be tried here, each with its path in the schema. */
  untried: string[];
  /** Fields that the schema does not know, which would be dropped at the next write. */
  dropped: string[];
}

/**
 * Judges a custom resource by a schema as an API server of 1.31 or newer would when it is created: decoded (unknown
 * fields dropped, defaults filled in), then validated. An API server may let a stored object pass whose bad parts are
 * left as they are; what is refused here is refused at the latest when it is created anew.
 *
 * Rules in CEL, and some formats, can't be tried here. Those that the old schema has too are taken for kept.
 *
 * @param schema a version's `openAPIV3Schema`
 * @param old that of the version by which it is stored now; undefined where nothing is known to be kept
 */
export function validateObject(object: Json, schema: Json, old?: Json): ObjectVerdict {
  const { object: decoded, dropped } = asDecoded(object, schema);
  const findings: Findings = { problems: [], untried: new Set() };
  validateValue(decoded, { schema: withoutMetadata(schema), old, path: '', schemaPath: '' }, findings);
  const name = objectAt(objectAt(schema, 'properties'), 'metadata');
  validateValue(
    nameOf(decoded),
    { schema: namesAlone(name), old: undefined, path: 'metadata', schemaPath: 'metadata' },
    findings,
  );
  return { problems: findings.problems, untried: [...findings.untried], dropped };
}

/** Of an object's metadata a schema may restrict names alone (`forbidden` otherwise). */
function withoutMetadata(schema: Json): Json {
  const { metadata: _metadata, ...properties } = objectAt(schema, 'properties');
  return { ...schema, properties };
}

function namesAlone(metadata: Json): Json {
  const { name, generateName } = objectAt(metadata, 'properties');
  return {
    properties: {
      ...(isObject(name) ? { name } : {}),
      ...(isObject(generateName) ? { generateName } : {}),
    },
    required: listAt(metadata, 'required').filter((field) => field === 'name' || field === 'generateName'),
  };
}

function nameOf(object: Json): Json {
  const metadata = objectAt(object, 'metadata');
  return Object.fromEntries(
    ['name', 'generateName'].filter((key) => textAt(metadata, key) !== '').map((key) => [key, metadata[key]]),
  );
}
