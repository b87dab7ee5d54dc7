import which from 'which';
import type { ToolDriver } from '../../contract/tools.ts';
import { StepladderError } from '../../contract/errors.ts';
import { runBound } from '../../processes/boundProcess.ts';
import { toolProblem } from '../problem.ts';
import { helmEnvironment } from './environment.ts';
import { lastWords } from './lastWords.ts';
import type { HelmOnCluster } from './runHelm.ts';

type HelmfileDriver = Extract<ToolDriver, { by: 'helmfile' }>;

/**
 * `helmfile sync` of a file and selector, with our helm and led to our cluster. It may read any variable of the worker's
 * environment, as helmfiles do; repositories that it adds are those of this call.
 *
 * @param timeoutMs helmfile's time limits are its file's; it is ended after three times this
 * @throws StepladderError `ToolRefused` when there is no helmfile on PATH; `ToolFailed` with its last words; the signal's
 * reason when that was aborted
 */
export async function helmfileSync(
  on: HelmOnCluster,
  { file, selector }: HelmfileDriver,
  timeoutMs: number,
): Promise<void> {
  await runHelmfile(on, ['sync'], { file, selector }, timeoutMs * 3 + 60_000);
}

/**
 * What a helmfile would install, as YAML with many documents.
 *
 * @throws StepladderError as `helmfileSync`
 */
export async function helmfileTemplate(
  on: HelmOnCluster,
  { file, selector }: HelmfileDriver,
): Promise<string> {
  return runHelmfile(on, ['template', '--skip-tests'], { file, selector }, 5 * 60_000);
}

async function runHelmfile(
  on: HelmOnCluster,
  command: readonly string[],
  { file, selector }: { file: string; selector: string | undefined },
  limitMs: number,
): Promise<string> {
  const { helm, access, signal } = on;
  const own = on.environment ?? process.env;
  signal?.throwIfAborted();
  const program = await which('helmfile', { nothrow: true, path: own['PATH'] ?? '' });
  if (program === null) {
    throw toolProblem(
      'no-helm',
      `The request has helmfile keep ${file}, and there is no \`helmfile\` on the worker's PATH.`,
      'Install it on the worker (https://helmfile.readthedocs.io), or leave out the helmfile to have helm do it.',
    );
  }
  const limit = AbortSignal.timeout(limitMs);
  const args = [
    ...['--file', file, ...(selector === undefined ? [] : ['--selector', selector])],
    // Without a terminal it would color its words and ask.
    ...['--no-color', '--helm-binary', helm.path],
    ...command,
  ];
  const end = await runBound(program, {
    args,
    environment: helmEnvironment(own, access.folder, access, true),
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    privateFolder: access.folder,
  });
  if (end.exitCode === 0) return end.stdout;
  signal?.throwIfAborted();
  const late = limit.aborted ? `no end within ${limitMs / 1000} s; ` : '';
  const words = late + lastWords(end.stderr);
  throw new StepladderError(
    'ToolFailed',
    `\`helmfile ${command[0] ?? ''}\` of ${file}${selector === undefined ? '' : ` (selector ${selector})`} failed: ${words === '' ? 'it gave no reason' : words}. Try it by hand to see more.`,
    { file },
  );
}
