import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { ApiLifecycleTable } from '../checks/removedApis/types.ts';
import { StepladderError } from '../contract/errors.ts';
import { reasonOf } from './manifestFiles.ts';

const minor = z
  .string({
    error: 'must be a version in quotation marks such as "1.31" (without them YAML reads 1.30 as 1.3)',
  })
  .regex(/^\d+\.\d+$/, 'must be a version such as "1.31"');
const group = z
  .string()
  .regex(/^[a-z0-9.-]{0,253}$/, 'must be the name of an API group, such as cert-manager.io, or empty');
const version = z.string().regex(/^[a-z0-9]{1,63}$/, 'must be a version of an API, such as v1beta1');
const kind = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,62}$/, 'must be a kind, such as Certificate');

const tableSchema = z.strictObject({
  name: z.string().min(1),
  sources: z.array(z.string()).default([]),
  upgrade: z.strictObject({ from: minor, to: minor }).optional(),
  lifecycles: z
    .array(
      z
        .strictObject({
          group,
          version,
          kind,
          resource: z.string().optional(),
          introduced: minor.optional(),
          deprecated: minor.optional(),
          removed: minor.optional(),
          replacement: z.strictObject({ group, version, kind }).optional(),
        })
        .refine(({ deprecated, removed }) => deprecated !== undefined || removed !== undefined, {
          message: 'must say when it is deprecated, or when it is removed',
        }),
    )
    .min(1),
});

/**
 * Reads a table of lifecycles that a user gives: YAML or JSON.
 *
 * ```yaml
 * name: cert-manager
 * sources: ["https://cert-manager.io/docs/releases/"]
 * # Only where the versions are not Kubernetes' own: from which version of it to which the upgrade goes.
 * upgrade: { from: "1.5", to: "1.8" }
 * lifecycles:
 *   - group: cert-manager.io
 *     version: v1alpha2
 *     kind: Certificate
 *     deprecated: "1.4"
 *     removed: "1.6" # the first version that does not serve it any more
 *     replacement: { group: cert-manager.io, version: v1, kind: Certificate }
 * ```
 *
 * @throws StepladderError `InvalidInput`, listing every problem by its path
 */
export function readApiLifecycleTable(file: string): ApiLifecycleTable {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw refusal(file, [`it can't be read: ${reasonOf(error)}`]);
  }
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0)
    throw refusal(
      file,
      document.errors.map(({ message }) => message),
    );
  // Of all aliases together, so that a table can't grow without bound.
  const parsed = tableSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!parsed.success) {
    throw refusal(
      file,
      parsed.error.issues.map(
        ({ path, message }) => `${path.map(String).join('.') || 'the table'}: ${message}`,
      ),
    );
  }
  // What was not said is absent, not undefined: the schema makes no field of what is not there.
  const table = parsed.data as ApiLifecycleTable;
  return table.sources.length > 0 ? table : { ...table, sources: [file] };
}

function refusal(file: string, problems: readonly string[]): StepladderError {
  const shown = problems.slice(0, 20).map((problem) => `  ${problem}`);
  if (problems.length > shown.length) shown.push(`  … and ${problems.length - shown.length} more`);
  return new StepladderError(
    'InvalidInput',
    `The table of API lifecycles ${file} can't be used:\n${shown.join('\n')}`,
  );
}
