import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { invalidInput } from '../../contract/request.ts';
import type { ApiLifecycle, ApiLifecycleTable } from './types.ts';

const minor = z
  .string({ error: 'must be a minor version in quotes, such as "1.32"' })
  .regex(/^\d{1,3}\.\d{1,4}$/, { error: 'must be a minor version in quotes, such as "1.32"' });

const kindSchema = z.strictObject({
  group: z.string().default(''),
  version: z.string().min(1),
  kind: z.string().min(1),
});

const tableSchema = z.strictObject({
  name: z.string().min(1),
  sources: z.array(z.string()).default([]),
  upgrade: z.strictObject({ from: minor, to: minor }).optional(),
  lifecycles: z
    .array(
      z.strictObject({
        ...kindSchema.shape,
        resource: z.string().min(1).optional(),
        introduced: minor.optional(),
        deprecated: minor.optional(),
        removed: minor.optional(),
        replacement: kindSchema.optional(),
      }),
    )
    .min(1),
});

/**
 * Reads a table of lifecycles as people write it, in YAML or JSON, with the fields of `ApiLifecycleTable`.
 *
 * @param file its name, for messages
 * @throws StepladderError `InvalidInput` naming everything that is wrong with it: a row that is misread would let a
 * removed API pass
 */
export function readLifecycleTable(content: string, file: string): ApiLifecycleTable {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, schema: 'core', prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    throw invalidInput([{ path: `${file}:${lines.linePos(error.pos[0]).line}`, message: error.message }]);
  }
  const result = tableSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!result.success) {
    throw invalidInput(
      result.error.issues.map(({ path, message }) => ({
        path: [file, path.map(String).join('.')].filter((part) => part !== '').join(': '),
        message,
      })),
    );
  }
  const { name, sources, upgrade, lifecycles } = result.data;
  return {
    name,
    sources: sources.length === 0 ? [file] : sources,
    ...(upgrade === undefined ? {} : { upgrade }),
    lifecycles: lifecycles.map(lifecycleOf),
  };
}

type Row = z.infer<typeof tableSchema>['lifecycles'][number];

function lifecycleOf({ resource, introduced, deprecated, removed, replacement, ...api }: Row): ApiLifecycle {
  return {
    ...api,
    ...(resource === undefined ? {} : { resource }),
    ...(introduced === undefined ? {} : { introduced }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(removed === undefined ? {} : { removed }),
    ...(replacement === undefined ? {} : { replacement }),
  };
}
