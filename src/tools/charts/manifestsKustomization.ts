import { parse } from 'yaml';
import { isObject } from '../crds/json.ts';
import { toolProblem } from '../problem.ts';

/** The names by which kustomize knows its file. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** What names more manifests: `bases` is the older word. */
const resourceFields = ['resources', 'bases'] as const;

/** Says nothing of a CRD's content but labels and annotations, which are only for people, or makes other objects. */
const harmless: ReadonlySet<string> = new Set([
  ...['apiVersion', 'kind', 'metadata', ...resourceFields, 'namespace', 'namePrefix', 'nameSuffix'],
  ...['labels', 'commonLabels', 'commonAnnotations', 'images', 'replicas', 'buildMetadata', 'sortOptions'],
  ...['configMapGenerator', 'secretGenerator', 'generatorOptions', 'crds'],
]);

/** What a kustomization may say that is taken for whole objects, and not for their CRDs alone. */
export const plainFields: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'metadata',
  ...resourceFields,
]);

/**
 * The files, folders and addresses that a kustomization names, as they are written in it.
 *
 * @param source where it is from, for messages
 * @param fields what it may say; without it, what says nothing of a CRD
 * @throws StepladderError `ToolRefused` (`broken-chart`) for what is none, and for one that changes what it names: only
 * kustomize itself knows what comes of that
 */
export function resourcesOf(text: string, source: string, fields: ReadonlySet<string> = harmless): string[] {
  let value: unknown;
  try {
    value = parse(text, { logLevel: 'silent' });
  } catch {
    value = undefined;
  }
  if (!isObject(value)) {
    throw toolProblem('broken-chart', `${source} is no kustomization: it is no YAML map.`, 'Have it mended.');
  }
  const changing = Object.keys(value).filter((field) => !fields.has(field) && !isEmpty(value[field]));
  if (changing.length > 0) {
    throw toolProblem(
      'broken-chart',
      `${source} changes the manifests that it names (${changing.join(', ')}), which is not followed here.`,
      'Run `kustomize build` on it, and give the file that comes of it.',
    );
  }
  return resourceFields.flatMap((field) => {
    const named = value[field] ?? [];
    if (Array.isArray(named) && named.every((each) => typeof each === 'string')) return named;
    throw toolProblem('broken-chart', `${field} of ${source} is no list of texts.`, 'Have it mended.');
  });
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}
