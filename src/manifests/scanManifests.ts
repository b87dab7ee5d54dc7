import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestScan, ManifestScanOptions } from './options.ts';
import { scanManifestText } from './scanManifestText.ts';

/**
 * Finds uses of deprecated and removed APIs in manifests: files, folders with all that is in them, and `-` for standard
 * input.
 */
export async function scanManifests(
  paths: readonly string[],
  options: ManifestScanOptions & { signal?: AbortSignal; standardInput?: AsyncIterable<Uint8Array> },
): Promise<ManifestScan> {
  const scan: ManifestScan = {
    uses: [],
    problems: [],
    coverage: { source: 'manifests', state: 'complete', count: 0 },
  };
  for (const file of paths.flatMap((path) => filesIn(path))) {
    options.signal?.throwIfAborted();
    const text = readFileSync(file, 'utf8');
    const { uses, problems, documents } = scanManifestText(
      text,
      { kind: 'manifest', file, line: 1 },
      options,
    );
    scan.uses.push(...uses);
    scan.problems.push(...problems);
    scan.coverage.count += documents;
  }
  if (scan.coverage.count === 0) {
    scan.coverage = { ...scan.coverage, state: 'partial', why: 'no manifest was found' };
  }
  return scan;
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}
