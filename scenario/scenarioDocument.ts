/** Writes docs/scenario.md from the scenario's schema: `node scenario/scenarioDocument.ts > docs/scenario.md`. */
import { z } from 'zod';
import { scenarioSchema } from './scenario.ts';

interface JsonSchema {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
}

const introduction = `# Scenario files

<!-- Written by \`node scenario/scenarioDocument.ts > docs/scenario.md\`; a test compares the two. -->

A scenario is the starting state of a simulated cluster, how fast its time runs, and what goes wrong in it: one YAML
file, checked before anything starts, with every problem named by its path. A field that is not listed here is
refused. \`scenario/demo.yaml\` is a complete one; the least is:

\`\`\`yaml
cluster: { name: test, version: '1.31' }
nodeGroups:
  - { name: general, size: 3 }
\`\`\`

All durations are seconds of simulated time: at \`speed: 60\` a real second is a minute of it. At the start everything
in the scenario is running and Ready already, save what is broken or fits nowhere.

`;

/** The document, in Markdown. */
export function scenarioDocument(): string {
  // Its own type is as wide as JSON Schema itself; the fields above are those that this schema leads to.
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const sections: string[] = [];
  section('The file', '', schema, sections);
  return introduction + sections.join('\n');
}

/** One list for an object's fields, then one for each object among them. */
function section(title: string, path: string, schema: JsonSchema, sections: string[]): void {
  const nested: (() => void)[] = [];
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const inner = objectWithin(field);
    const innerPath = `${path}${path === '' ? '' : '.'}${name}${suffixOf(field)}`;
    if (inner !== undefined) nested.push(() => section(`\`${innerPath}\``, innerPath, inner, sections));
    const needed = (schema.required ?? []).includes(name);
    const facts = [typeOf(field), needed ? 'required' : defaultOf(field)].filter((fact) => fact !== '');
    return `- \`${name}\` (${facts.join('; ')}): ${field.description ?? ''}`;
  });
  sections.push([`## ${title}`, '', ...rows, ''].join('\n'));
  for (const write of nested) write();
}

function objectWithin(field: JsonSchema): JsonSchema | undefined {
  if (field.properties !== undefined && field.additionalProperties === false) return field;
  if (field.items !== undefined) return objectWithin(field.items);
  if (typeof field.additionalProperties === 'object') return objectWithin(field.additionalProperties);
  return undefined;
}

const suffixOf = (field: JsonSchema): string =>
  field.items !== undefined ? '[]' : typeof field.additionalProperties === 'object' ? '.*' : '';

function typeOf(field: JsonSchema): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (field.anyOf !== undefined) return field.anyOf.map(typeOf).join(' or ');
  if (field.items !== undefined) return `list of ${typeOf(field.items)}`;
  if (typeof field.additionalProperties === 'object' && field.properties === undefined)
    return `map to ${typeOf(field.additionalProperties)}`;
  return field.type ?? 'anything';
}

function defaultOf(field: JsonSchema): string {
  const value = field.default;
  if (value === undefined || value === '') return 'optional';
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  if (isEmpty) return 'none unless given';
  return objectWithin(field) !== undefined && Object.keys(field.default ?? {}).length > 3
    ? 'defaults below'
    : `default \`${JSON.stringify(value)}\``;
}

if (import.meta.main) process.stdout.write(scenarioDocument());
