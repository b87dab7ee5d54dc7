import { readdir, readFile, stat } from 'node:fs/promises';
import which from 'which';
import { StepladderError } from '../../contract/errors.ts';
import { manifestFiles, reasonOf } from '../../manifests/manifestFiles.ts';
import { runBound } from '../../processes/boundProcess.ts';
import { gatherManifests } from '../../tools/charts/manifestsGather.ts';
import { httpLimits } from '../../tools/charts/manifestsHttp.ts';
import { kustomizationNames, plainFields } from '../../tools/charts/manifestsKustomization.ts';
import { objectsInText, refuseTooLarge } from '../../tools/crds/crdDocuments.ts';
import type { Json } from '../../tools/crds/json.ts';
import { lastWords } from '../../tools/helm/lastWords.ts';
import { problemOf, toolProblem } from '../../tools/problem.ts';

/**
 * All objects of a file, of a folder's YAML and JSON files, or of what kustomize makes of a folder with a kustomization.
 * `kustomize` of the worker's PATH is used, else `kubectl`; without both, a kustomization that only names files is read
 * as it is.
 *
 * @throws StepladderError `InvalidInput` for what is not there, can't be read or is no YAML; `ToolFailed` with the last
 * words of a kustomize that failed; `ToolRefused` for a kustomization that only kustomize can follow
 */
export async function readManifests(
  path: string,
  { environment, signal }: { environment: Readonly<Record<string, string | undefined>>; signal: AbortSignal },
): Promise<Json[]> {
  if (await hasKustomization(path)) return kustomized(path, environment, signal);
  const problems: { file: string; problem: string }[] = [];
  const objects: Json[] = [];
  for (const { path: file, inChart } of manifestFiles([path], problems)) {
    signal.throwIfAborted();
    // Templates are no YAML before they are rendered.
    if (!inChart) objects.push(...objectsInText(await read(file), file));
  }
  const [problem] = problems;
  if (problem !== undefined) throw new StepladderError('InvalidInput', `${problem.file}: ${problem.problem}`);
  return withKind(objects);
}

/** What has no kind is no manifest: values, settings of other programs. */
function withKind(objects: readonly Json[]): Json[] {
  return objects.filter(
    (object) => typeof object['kind'] === 'string' && typeof object['apiVersion'] === 'string',
  );
}

async function hasKustomization(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isDirectory()) return false;
    const present = new Set(await readdir(path));
    return kustomizationNames.some((name) => present.has(name));
  } catch (error) {
    throw new StepladderError(
      'InvalidInput',
      `The manifests at ${path} can't be read on the worker: ${reasonOf(error)}. Check the path; it is looked up where the worker runs.`,
    );
  }
}

async function kustomized(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Json[]> {
  const find = (program: string) => which(program, { nothrow: true, path: environment['PATH'] ?? '' });
  const [kustomize, kubectl] = [await find('kustomize'), await find('kubectl')];
  const program = kustomize ?? kubectl;
  if (program === null) {
    const files = await gatherManifests(path, httpLimits, signal, plainFields).catch((error: unknown) => {
      throw withoutKustomize(error);
    });
    return withKind(files.flatMap(({ source, text }) => objectsInText(text, source)));
  }
  const { exitCode, stdout, stderr } = await runBound(program, {
    args: [kustomize === null ? 'kustomize' : 'build', path],
    environment: { ...environment },
    signal,
  });
  signal.throwIfAborted();
  if (exitCode === 0) return withKind(objectsInText(stdout, path));
  throw new StepladderError(
    'ToolFailed',
    `The kustomization at ${path} can't be built: ${lastWords(stderr)}. Try \`kustomize build ${path}\` by hand to see more.`,
    { path },
  );
}

/** What is wrong may be no more than that nobody here can build it. */
function withoutKustomize(error: unknown): unknown {
  const problem = problemOf(error, '');
  if (problem?.kind !== 'broken-chart') return error;
  return toolProblem(
    'broken-chart',
    `${problem.message} Neither \`kustomize\` nor \`kubectl\` is on the PATH, which could build it.`,
    'Install one of them where the worker runs; or run `kustomize build` on it, and give the file that comes of it.',
    { cause: error },
  );
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
