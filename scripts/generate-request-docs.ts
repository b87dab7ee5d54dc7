/** Writes docs/request.md from the request's schema and the worked examples: `npm run generate:request-docs`. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { maxRequestBytes, requestSchemas } from '../src/contract/request.ts';
import { workflowTypes } from '../src/contract/workflowTypes.ts';
import type { WorkflowType } from '../src/contract/workflowTypes.ts';
import { requestExamples } from './request-examples.ts';

/** Where the page is kept. */
export const requestPagePath = fileURLToPath(new URL('../docs/request.md', import.meta.url));

type JsonSchema = z.core.JSONSchema.BaseSchema;

interface Field {
  path: string;
  schema: JsonSchema;
  required: boolean;
}

/** The page as it should be: every field of every request, and the examples. */
export async function requestPage(): Promise<string> {
  const main = fieldsOf('upgradeCluster');
  const page = [
    '# The request',
    `What an upgrade is started with: one JSON object, from the command line (\`stepladder start --input FILE\`), the Temporal CLI or the Temporal UI's form. It is checked before anything is touched, every problem is named by its path, and fields that are not listed here are refused. At most ${maxRequestBytes / 1024} KiB.`,
    'This page is made from the schema by `npm run generate:request-docs`; a test fails when it is out of date.',
    '## Examples',
    ...requestExamples.flatMap(({ title, text, workflowType, request }) => [
      `### ${title}`,
      `Workflow type \`${workflowType}\`. ${text}`,
      ['```json', JSON.stringify(request, null, 2), '```'].join('\n'),
    ]),
    '## Fields',
    'Durations are a number and a unit: `"500ms"`, `"30s"`, `"15m"`, `"2h"`, `"1d"`.',
    ...sections(main),
    '## The stages on their own',
    'Each stage has a workflow of its own, with the same lock, gate and report. It takes the same request, save for these fields.',
    ...workflowTypes
      .filter((type) => type !== 'upgradeCluster')
      .flatMap((type) => [`### ${type}`, narrowed(type, main)]),
  ].join('\n\n');
  const options = await resolveConfig(requestPagePath);
  return format(page, { ...options, parser: 'markdown' });
}

/** A table of the top fields, then one for each object, in the schema's order. */
function sections(fields: readonly Field[]): string[] {
  const objects = fields.filter(({ schema }) => childrenOf(schema) !== undefined);
  return [
    '### At the top',
    table(
      fields.filter(({ path }) => !/[.[]/.test(path)).sort((a, b) => Number(b.required) - Number(a.required)),
    ),
    ...objects.flatMap(({ path, schema }) => [
      `### ${path}`,
      [schema.description, schema.properties === undefined ? childrenOf(schema)?.description : undefined]
        .filter((text) => text !== undefined)
        .join(' '),
      table(fields.filter((field) => isChild(field.path, `${path}${pathOfChildren(schema)}`))),
    ]),
  ];
}

/** Whether a field stands right under that place: what is deeper has a table of its own. */
function isChild(path: string, place: string): boolean {
  return path.startsWith(place) && !/[.[]/.test(path.slice(place.length));
}

/** How the request of a stage differs from that of the whole upgrade. */
function narrowed(type: WorkflowType, main: readonly Field[]): string {
  const different = fieldsOf(type).filter((field) => {
    const same = main.find((each) => each.path === field.path);
    return same === undefined || describe(same) !== describe(field);
  });
  return different.length === 0
    ? 'The same request; the target is the next minor version.'
    : table(different);
}

function table(fields: readonly Field[]): string {
  return ['| field | type | default | meaning |', '|---|---|---|---|', ...fields.map(describe)].join('\n');
}

function describe({ path, schema, required }: Field): string {
  const byDefault = required ? 'required' : defaultOf(schema);
  return `| ${[`\`${path}\``, typeOf(schema), byDefault, schema.description ?? ''].map(escapeCell).join(' | ')} |`;
}

function defaultOf(schema: JsonSchema): string {
  if (schema.default === undefined) return '—';
  // An object's default is that of each of its fields.
  if (schema.properties !== undefined) return 'see below';
  return `\`${JSON.stringify(schema.default)}\``;
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.filter(isSchema).map(typeOf))].join(' or ');
  }
  switch (schema.type) {
    case 'array':
      return `list of ${isSchema(schema.items) ? typeOf(schema.items) : 'anything'}`;
    case 'object':
      return isSchema(schema.additionalProperties)
        ? `object of name → ${typeOf(schema.additionalProperties)}`
        : 'object';
    case 'string':
      return schema.format === 'duration' ? 'duration' : 'text';
    case 'integer':
      return `whole number${boundsOf(schema)}`;
    case 'number':
      return `number${boundsOf(schema)}`;
    case 'boolean':
      return 'true or false';
    default:
      return 'anything';
  }
}

function boundsOf(schema: JsonSchema): string {
  if (schema.exclusiveMinimum !== undefined)
    return `, above ${schema.exclusiveMinimum} to ${schema.maximum ?? '∞'}`;
  if (schema.minimum === undefined) return '';
  const open = schema.maximum === undefined || schema.maximum === Number.MAX_SAFE_INTEGER;
  return open ? `, ${schema.minimum} or more` : `, ${schema.minimum} to ${schema.maximum}`;
}

function fieldsOf(type: WorkflowType): Field[] {
  return walk(z.toJSONSchema(requestSchemas[type], { io: 'input', unrepresentable: 'any' }), '');
}

function walk(schema: JsonSchema, prefix: string): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    if (!isSchema(value)) return [];
    const path = `${prefix}${name}`;
    const field = { path, schema: value, required: schema.required?.includes(name) ?? false };
    const children = childrenOf(value);
    if (children === undefined) return [field];
    return [field, ...walk(children, `${path}${pathOfChildren(value)}`)];
  });
}

/** What stands between a field's path and those of its children: a list's entries and a record's values are any. */
function pathOfChildren(schema: JsonSchema): string {
  if (schema.type === 'array') return '[].';
  return schema.properties === undefined ? '.<name>.' : '.';
}

/** The schema that holds a field's own fields: its own, or that of a list's entries or of a record's values. */
function childrenOf(schema: JsonSchema): JsonSchema | undefined {
  if (schema.properties !== undefined) return schema;
  const inner = schema.type === 'array' ? schema.items : schema.additionalProperties;
  if (!isSchema(inner)) return undefined;
  if (inner.properties !== undefined) return inner;
  return inner.anyOf === undefined ? undefined : allOfThem(inner.anyOf.filter(isSchema), inner.description);
}

/** One schema with the fields of all alternatives; those that all of them require are required. */
function allOfThem(
  alternatives: readonly JsonSchema[],
  description: string | undefined,
): JsonSchema | undefined {
  if (!alternatives.every((each) => each.properties !== undefined)) return undefined;
  return {
    ...(description === undefined ? {} : { description }),
    properties: Object.assign({}, ...alternatives.map((each) => each.properties)) as NonNullable<
      JsonSchema['properties']
    >,
    required: (alternatives[0]?.required ?? []).filter((name) =>
      alternatives.every((each) => each.required?.includes(name)),
    ),
  };
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) {
  await writeFile(requestPagePath, await requestPage());
  process.stderr.write(`${requestPagePath} written\n`);
}
