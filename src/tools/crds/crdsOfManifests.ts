import { readFile, stat } from 'node:fs/promises';
import { StepladderError } from '../../contract/errors.ts';
import { manifestFiles, reasonOf } from '../../manifests/manifestFiles.ts';
import type { CrdDocument } from '../types.ts';
import { crdsInText, refuseTooLarge } from './crdDocuments.ts';

/**
 * The CRDs in a file, or in all YAML and JSON files of a folder and below; one that is said twice in the same words is
 * one.
 *
 * @throws StepladderError `InvalidInput` for what is not there, can't be read or is no YAML, for a CRD that is said
 * twice in different words
 */
export async function crdsOfManifests(path: string, signal?: AbortSignal): Promise<CrdDocument[]> {
  const problems: { file: string; problem: string }[] = [];
  const found = new Map<string, { crd: CrdDocument; file: string }>();
  for (const { path: file, inChart } of manifestFiles([path], problems)) {
    signal?.throwIfAborted();
    // Templates are no YAML before they are rendered.
    if (inChart) continue;
    for (const crd of crdsInText(await read(file), 'manifest', file)) {
      const other = found.get(crd.name);
      if (other !== undefined && JSON.stringify(other.crd.object) !== JSON.stringify(crd.object)) {
        throw new StepladderError(
          'InvalidInput',
          `CustomResourceDefinition ${crd.name} is in ${other.file} and, in other words, in ${file}. Give a folder that has each once.`,
        );
      }
      found.set(crd.name, { crd, file });
    }
  }
  const [problem] = problems;
  if (problem !== undefined) {
    throw new StepladderError('InvalidInput', `${problem.file}: ${problem.problem}`);
  }
  return [...found.values()].map(({ crd }) => crd);
}

async function read(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    refuseTooLarge(size, file);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof StepladderError) throw error;
    throw new StepladderError('InvalidInput', `${file} can't be read: ${reasonOf(error)}.`);
  }
}
