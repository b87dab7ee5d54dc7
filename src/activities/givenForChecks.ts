import { readFile } from 'node:fs/promises';
import { readIgnoreRules } from '../checks/ignoring/readIgnoreRules.ts';
import type { IgnoreRule } from '../checks/ignoring/types.ts';
import type { ApiLifecycleTable } from '../checks/removedApis/types.ts';
import { StepladderError } from '../contract/errors.ts';
import { invalidInput } from '../contract/request.ts';
import type { RequestChecks, RequestProblem } from '../contract/request.ts';
import { readApiLifecycleTable } from '../manifests/apiLifecycleTable.ts';
import type { PrometheusAddress } from '../monitoring/index.ts';
import type { Observation } from '../plan/observation.ts';

/** What a request's `checks` refer to, in files and environment variables of whoever runs the checks. */
export interface GivenForChecks {
  tables: ApiLifecycleTable[];
  ignoreRules: IgnoreRule[];
  prometheus?: PrometheusAddress;
}

/**
 * Reads what the checks are given.
 *
 * @throws StepladderError `InvalidInput` for a file or a variable that is not there or can't be used
 */
export async function readGivenForChecks(
  { apiTables, ignore, prometheus }: RequestChecks,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GivenForChecks> {
  const address = addressOf(prometheus, env);
  return {
    tables: apiTables.map(readApiLifecycleTable),
    ignoreRules: ignore === undefined ? [] : readIgnoreRules(await readText(ignore), ignore),
    ...(address === undefined ? {} : { prometheus: address }),
  };
}

/** The same, where what can't be used is something that could not be seen: nothing is done with any of it then. */
export async function givenOrUnseen(
  checks: RequestChecks,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ given: GivenForChecks; unseen: Observation['unseen'] }> {
  try {
    return { given: await readGivenForChecks(checks, env), unseen: [] };
  } catch (error) {
    if (!(error instanceof StepladderError) || error.type !== 'InvalidInput') throw error;
    const { problems } = error.details as { problems?: RequestProblem[] };
    const why = problems?.map(({ path, message }) => `${path}: ${message}`).join('; ') ?? error.message;
    return {
      given: { tables: [], ignoreRules: [] },
      unseen: [
        { what: 'what the request gives to the checks', why, source: 'files and environment of the worker' },
      ],
    };
  }
}

/** Where Prometheus is, its address read from the environment where the request says so. */
function addressOf(
  prometheus: RequestChecks['prometheus'],
  env: Readonly<Record<string, string | undefined>>,
): PrometheusAddress | undefined {
  if (prometheus === undefined) return undefined;
  const { url = env[prometheus.urlEnv ?? ''], urlEnv, tokenEnv } = prometheus;
  if (url === undefined || url === '') {
    throw invalidInput([
      {
        path: 'checks.prometheus.urlEnv',
        message: `the environment variable ${urlEnv ?? ''} is not set where this runs`,
      },
    ]);
  }
  return { url, ...(tokenEnv === undefined ? {} : { tokenVariable: tokenEnv }) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw invalidInput([{ path: file, message: `can't be read where this runs (${code})` }]);
  }
}
