import { setImmediate } from 'node:timers/promises';
import type { ApiUseCoverage, ManifestProblem } from '../checks/removedApis/types.ts';
import { FileReader, largestFile } from './fileBytes.ts';
import { megabytes } from './limits.ts';
import { manifestFiles, reasonOf } from './manifestFiles.ts';
import type { ManifestFile } from './manifestFiles.ts';
import { ManifestScanner } from './manifestScanner.ts';
import type { ManifestScan, ManifestScanOptions } from './options.ts';

/** What uses call standard input. */
const standardInputName = '<stdin>';

/** How long files are scanned before others in this process have their turn. */
const turnMilliseconds = 50;

/**
 * Finds uses of deprecated and removed APIs in manifests: files, folders with all that is in them, and `-` for standard
 * input. What is no manifest is passed over; what can't be read is a problem, and the rest is scanned.
 *
 * @param options.standardInput what `-` stands for
 * @throws StepladderError `InvalidInput` when a path does not exist, and the signal's reason when it is given up
 */
export async function scanManifests(
  paths: readonly string[],
  options: ManifestScanOptions & { signal?: AbortSignal; standardInput?: AsyncIterable<Uint8Array> },
): Promise<ManifestScan> {
  if (paths.length === 0) {
    return { uses: [], problems: [], coverage: { source: 'manifests', state: 'not-asked', count: 0 } };
  }
  const scanner = new ManifestScanner(options);
  const notWalked: ManifestProblem[] = [];
  const files = manifestFiles(
    paths.filter((path) => path !== '-'),
    notWalked,
  );
  for (const { file, problem } of notWalked) scanner.unreadable(file, problem);
  let templates = 0;
  const reader = new FileReader();
  let turn = performance.now();
  for (const file of files) {
    if (performance.now() - turn > turnMilliseconds) {
      await setImmediate();
      options.signal?.throwIfAborted();
      turn = performance.now();
    }
    if (scanFile(file, reader, scanner) === 'template') templates += 1;
  }
  if (paths.includes('-')) await scanStandardInput(options.standardInput ?? process.stdin, scanner);
  const { uses, problems } = scanner;
  return { uses, problems, coverage: coverageOf(scanner, files.length, templates) };
}

function scanFile(
  { path, inChart }: ManifestFile,
  reader: FileReader,
  scanner: ManifestScanner,
): 'template' | 'scanned' {
  let bytes: Buffer | undefined;
  try {
    bytes = reader.read(path);
  } catch (error) {
    scanner.unreadable(path, `It can't be read: ${reasonOf(error)}.`);
    return 'scanned';
  }
  if (bytes === undefined) scanner.unreadable(path, tooLarge);
  else if (inChart && bytes.includes('{{')) return 'template';
  else scanner.scan(bytes, { kind: 'manifest', file: path, line: 1 }, path);
  return 'scanned';
}

const tooLarge = `It has more than ${megabytes(largestFile)}, and was not read.`;

async function scanStandardInput(input: AsyncIterable<Uint8Array>, scanner: ManifestScanner): Promise<void> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of input) {
    parts.push(part);
    length += part.length;
    if (length > largestFile) {
      scanner.unreadable(standardInputName, tooLarge);
      return;
    }
  }
  scanner.scan(
    Buffer.concat(parts),
    { kind: 'manifest', file: standardInputName, line: 1 },
    standardInputName,
  );
}

function coverageOf(scanner: ManifestScanner, files: number, templates: number): ApiUseCoverage {
  const { documents, unread } = scanner;
  const reasons = [
    ...(templates > 0
      ? [
          `${counted(templates, 'Helm template')} not rendered, so nobody knows what they install: scan what "helm template" prints`,
        ]
      : []),
    ...(unread > 0 ? [`${counted(unread, 'document')} not read that may use removed APIs`] : []),
    ...(documents === 0 ? [`no manifest was found in ${files === 1 ? '1 file' : `${files} files`}`] : []),
  ];
  return {
    source: 'manifests',
    state: reasons.length === 0 ? 'complete' : 'partial',
    ...(reasons.length === 0 ? {} : { why: reasons.join('; ') }),
    count: documents,
  };
}

const counted = (count: number, what: string): string =>
  count === 1 ? `1 ${what} was` : `${count} ${what}s were`;
