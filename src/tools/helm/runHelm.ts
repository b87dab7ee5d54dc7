import type { z } from 'zod';
import { StepladderError } from '../../contract/errors.ts';
import { runBound } from '../../processes/boundProcess.ts';
import type { HelmProgram } from './binary.ts';
import { helmEnvironment } from './environment.ts';
import { helmFailure } from './failure.ts';
import type { HelmSubject } from './failure.ts';
import type { ClusterAccess } from './kubeconfig.ts';

/** A helm that is at hand, with the cluster that it is led to. */
export interface HelmOnCluster {
  helm: HelmProgram;
  access: ClusterAccess;
  signal?: AbortSignal | undefined;
  /** Default: the process's own. */
  environment?: NodeJS.ProcessEnv | undefined;
}

/** A helm that only handles charts. */
export interface HelmForCharts {
  helm: HelmProgram;
  /** Private folder of the call: its repositories, and what is downloaded. */
  folder: string;
  signal?: AbortSignal | undefined;
  environment?: NodeJS.ProcessEnv | undefined;
}

/** What reads and downloads is ended after this long. Milliseconds. */
const answerMs = 3 * 60_000;

export interface Said {
  stdout: string;
  stderr: string;
}

/**
 * Runs helm to its end. A signal that is aborted has it put down what it is doing: helm then notes a release that it was
 * working on as failed, and only after that does this return.
 *
 * @param limitMs after this long it is ended, as by a signal
 * @throws StepladderError as `helmFailure` reads helm's last words; the signal's reason when that was aborted
 */
export async function runHelm(
  on: HelmOnCluster | HelmForCharts,
  args: readonly string[],
  subject: HelmSubject,
  limitMs = answerMs,
): Promise<Said> {
  const { helm, signal } = on;
  const access = 'access' in on ? on.access : undefined;
  const folder = 'access' in on ? on.access.folder : on.folder;
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(limitMs);
  const end = await runBound(helm.path, {
    args,
    environment: helmEnvironment(on.environment ?? process.env, folder, access),
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    privateFolder: folder,
  });
  if (end.exitCode === 0) return { stdout: end.stdout, stderr: end.stderr };
  signal?.throwIfAborted();
  const late = limit.aborted ? `no answer within ${limitMs / 1000} s; ` : '';
  throw helmFailure(late + end.stderr, subject, access === undefined ? 'source' : 'cluster');
}

/**
 * Reads what helm gave as JSON.
 *
 * @throws StepladderError `InternalError` for what is not as this helm's releases have it
 */
export function readJson<T>(schema: z.ZodType<T>, text: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StepladderError('InternalError', `helm's ${what} is no JSON.`, {}, { cause: error });
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new StepladderError(
    'InternalError',
    `helm's ${what} is not as expected: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. Another helm may do: name it by STEPLADDER_HELM_BINARY.`,
  );
}
