import { LineCounter, parseAllDocuments } from 'yaml';
import { groupAndVersionOf, lookUpApis } from '../checks/removedApis/lifecycles.ts';
import type { ApiLookup } from '../checks/removedApis/lifecycles.ts';
import type { ApiUse } from '../checks/removedApis/types.ts';
import { objectsIn } from './manifestObjects.ts';
import type { ManifestObject } from './manifestObjects.ts';
import type { ManifestScanOptions, ManifestTextScan } from './options.ts';

/**
 * Finds uses of deprecated and removed APIs in a text of manifests that is held in memory, such as what a Helm release
 * has installed. Never throws: what can't be read is a problem.
 *
 * @param place where the text is from; of a manifest its line is the line at which the text begins
 */
export function scanManifestText(
  text: string,
  place: ApiUse['place'],
  options: ManifestScanOptions,
): ManifestTextScan {
  const lookup = lookUpApis(options.tables, options.from, options.to);
  const scan: ManifestTextScan = { uses: [], problems: [], documents: 0 };
  const lines = new LineCounter();
  const firstLine = place.kind === 'manifest' ? place.line : 1;
  const lineAt = (offset: number) => firstLine + Math.max(lines.linePos(offset).line, 1) - 1;
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    logLevel: 'silent',
    prettyErrors: false,
    strict: false,
    uniqueKeys: false,
  });
  for (const document of 'empty' in documents ? [] : documents) {
    const [error] = document.errors;
    if (error !== undefined) {
      scan.problems.push({ file: nameOf(place), line: lineAt(error.pos[0]), problem: error.message });
      continue;
    }
    const objects = objectsIn(document);
    if (objects.length > 0) scan.documents += 1;
    for (const object of objects) {
      const use = useOf(object, lookup, options.observedAt, at(place, lineAt(object.offset)));
      if (use !== undefined) scan.uses.push(use);
    }
  }
  return scan;
}

function useOf(
  object: ManifestObject,
  lookup: ApiLookup,
  observedAt: string,
  place: ApiUse['place'],
): ApiUse | undefined {
  const { apiVersion, kind, name = '(no name)', namespace } = object;
  const api = { ...groupAndVersionOf(apiVersion), kind };
  const fate = lookup.fateOf(api);
  if (fate === undefined) return undefined;
  const { resource } = fate.lifecycle;
  return {
    ...api,
    ...(resource === undefined ? {} : { resource }),
    object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
    place,
    observedAt,
  };
}

function at(place: ApiUse['place'], line: number): ApiUse['place'] {
  return place.kind === 'manifest' ? { ...place, line } : place;
}

/** What a problem says instead of a file's name when the text is from none. */
function nameOf(place: ApiUse['place']): string {
  if (place.kind === 'manifest') return place.file;
  return place.kind === 'helm-release' ? `Helm release ${place.namespace}/${place.release}` : place.kind;
}
