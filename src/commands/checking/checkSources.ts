import { applyIgnoreRules } from '../../checks/ignoring/applyIgnoreRules.ts';
import { inOrder } from '../../checks/inOrder.ts';
import { kubernetesLifecycles } from '../../checks/removedApis/kubernetesLifecycles.ts';
import { removedApiFindings } from '../../checks/removedApis/index.ts';
import type { ApiLifecycleTable, ObservedApiUses } from '../../checks/removedApis/types.ts';
import type { Finding } from '../../contract/finding.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import type { GivenForChecks } from '../../activities/givenForChecks.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { scanManifests } from '../../manifests/index.ts';
import { compareMinors, hopsBetween } from '../../plan/versions.ts';
import { UsageError } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import type { CheckOptions } from './options.ts';

/** The first version that there was: what an upgrade from there would break is all that is gone by now. */
const beforeAll = '1.0';

/** What the files of the command line use that an upgrade takes away. */
export async function checkFiles(options: CheckOptions, terminal: Terminal): Promise<Finding[]> {
  // `modeOf` has seen that it is there.
  const { from, to = '' } = options;
  return checkSources(options, terminal, { from, to });
}

/**
 * The same of files and of what a cluster itself tells.
 *
 * @param range.from absent when nobody says it: then all that is gone at `to` counts
 * @param kubernetes the cluster, if one is asked
 * @throws UsageError for files that are not there
 */
export async function checkSources(
  options: CheckOptions,
  terminal: Terminal,
  range: { from: MinorVersion | undefined; to: MinorVersion },
  kubernetes?: KubernetesConnection,
): Promise<Finding[]> {
  const now = new Date();
  const observedAt = now.toISOString();
  const { to } = range;
  const from = range.from ?? beforeAll;
  const given = await readGiven(options, terminal.env);
  const observed = await lookForApis(options, terminal, given.tables, { from, to, now }, kubernetes);
  const findings = [
    ...(observed === undefined ? [] : removedApiFindings({ observed, observedAt, from, to })),
    ...(await monitoringOf(options, terminal.env, given, range, now, kubernetes)),
  ];
  return inOrder(applyIgnoreRules(findings, { rules: given.ignoreRules, at: observedAt, atMost: 'info' }));
}

async function lookForApis(
  { manifests = [], parseAll = false }: CheckOptions,
  terminal: Terminal,
  given: readonly ApiLifecycleTable[],
  { from, to, now }: { from: MinorVersion; to: MinorVersion; now: Date },
  kubernetes: KubernetesConnection | undefined,
): Promise<ObservedApiUses | undefined> {
  if (manifests.length === 0 && kubernetes === undefined) return undefined;
  const tables = [kubernetesLifecycles, ...given];
  const scan =
    manifests.length === 0
      ? undefined
      : await scanManifests(manifests, {
          ...{ tables, from, to, parseAll, observedAt: now.toISOString() },
          standardInput: terminal.standardInput(),
        });
  const live =
    kubernetes === undefined
      ? undefined
      : await (
          await import('../../kubernetes/apiUses/index.ts')
        ).observeLiveApiUses(kubernetes, { tables, from, to, now });
  return {
    uses: [...(scan?.uses ?? []), ...(live?.uses ?? [])],
    coverage: [...(scan === undefined ? [] : [scan.coverage]), ...(live?.coverage ?? [])],
    problems: [...(scan?.problems ?? []), ...(live?.problems ?? [])],
    ...(live?.served === undefined ? {} : { served: live.served }),
    ...(live?.requests === undefined ? {} : { requests: live.requests }),
    tables: [...given],
  };
}

async function monitoringOf(
  { rules = [], dashboards = [], prometheus }: CheckOptions,
  environment: Terminal['env'],
  given: GivenForChecks,
  { from, to }: { from: MinorVersion | undefined; to: MinorVersion },
  now: Date,
  kubernetes: KubernetesConnection | undefined,
): Promise<Finding[]> {
  const asked = rules.length > 0 || dashboards.length > 0 || prometheus !== undefined;
  if (!asked && kubernetes === undefined) return [];
  const { observeMonitoring } = await import('../../monitoring/index.ts');
  const { monitoringFindings } = await import('../../checks/monitoring/index.ts');
  const observed = await observeMonitoring(
    {
      ...(rules.length === 0 ? {} : { rules }),
      ...(dashboards.length === 0 ? {} : { dashboards }),
      ...(given.prometheus === undefined ? {} : { prometheus: given.prometheus }),
      ...(kubernetes === undefined ? {} : { kubernetes }),
    },
    { now, environment },
  );
  const steps = hopsBetween(from ?? before(to), to).map((hop) => hop.to);
  return monitoringFindings(observed, [from ?? before(to), ...steps]);
}

function before(version: MinorVersion): MinorVersion {
  const [last] = hopsBetween('1.0', version).slice(-1);
  if (last === undefined || compareMinors(version, '1.0') <= 0) {
    throw new UsageError(`There is no version before ${version}.`);
  }
  return last.from;
}

/** The files and addresses that are given beside what is looked at; nothing is loaded where there are none. */
async function readGiven(options: CheckOptions, env: Terminal['env']): Promise<GivenForChecks> {
  const { apiTable = [], ignore, prometheus, prometheusTokenEnv } = options;
  if (apiTable.length === 0 && ignore === undefined && prometheus === undefined) {
    return { tables: [], ignoreRules: [] };
  }
  const { readGivenForChecks } = await import('../../activities/givenForChecks.ts');
  return readGivenForChecks(
    {
      ...{ manifests: [], rules: [], dashboards: [], apiTables: apiTable },
      ...(ignore === undefined ? {} : { ignore }),
      ...(prometheus === undefined
        ? {}
        : {
            prometheus: {
              url: prometheus,
              ...(prometheusTokenEnv === undefined ? {} : { tokenEnv: prometheusTokenEnv }),
            },
          }),
    },
    env,
  );
}
