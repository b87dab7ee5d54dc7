import type { ApiUse } from '../checks/removedApis/types.ts';
import { ManifestScanner } from './manifestScanner.ts';
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
  const scanner = new ManifestScanner(options);
  scanner.scan(Buffer.from(text), place, nameOf(place));
  const { uses, problems, documents, unread } = scanner;
  return { uses, problems, documents, unread };
}

/** What a problem says instead of a file's name when the text is from none. */
function nameOf(place: ApiUse['place']): string {
  if (place.kind === 'manifest') return place.file;
  return place.kind === 'helm-release' ? `Helm release ${place.namespace}/${place.release}` : place.kind;
}
