import { readFile } from 'node:fs/promises';
import { readIgnoreRules } from '../checks/ignoring/readIgnoreRules.ts';
import type { IgnoreRule } from '../checks/ignoring/types.ts';
import { readLifecycleTable } from '../checks/removedApis/readLifecycleTable.ts';
import type { ApiLifecycleTable } from '../checks/removedApis/types.ts';
import { invalidInput } from '../contract/request.ts';
import type { RequestChecks } from '../contract/request.ts';
import type { PrometheusAddress } from '../monitoring/index.ts';

/** What a request's `checks` refer to, in files and environment variables of whoever runs the checks. */
export interface GivenForChecks {
  tables: ApiLifecycleTable[];
  ignoreRules: IgnoreRule[];
  prometheus?: PrometheusAddress;
}

/** What there is where nothing was given. */
export const nothingGiven: GivenForChecks = { tables: [], ignoreRules: [] };

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
    tables: await Promise.all(apiTables.map(async (file) => readLifecycleTable(await readText(file), file))),
    ignoreRules: ignore === undefined ? [] : readIgnoreRules(await readText(ignore), ignore),
    ...(address === undefined ? {} : { prometheus: address }),
  };
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
