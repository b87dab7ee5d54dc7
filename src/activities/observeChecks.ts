import { kubernetesLifecycles } from '../checks/removedApis/kubernetesLifecycles.ts';
import { lookUpApis } from '../checks/removedApis/lifecycles.ts';
import type { ApiLifecycleTable, ApiUseCoverage, ObservedApiUses } from '../checks/removedApis/types.ts';
import { StepladderError } from '../contract/errors.ts';
import type { MinorVersion } from '../contract/plan.ts';
import type { RequestChecks } from '../contract/request.ts';
import { insightUses, observeLiveApiUses } from '../kubernetes/apiUses/index.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { scanManifests } from '../manifests/index.ts';
import type { ManifestScan } from '../manifests/index.ts';
import type { GivenForChecks } from './givenForChecks.ts';
import { observeMonitoring } from '../monitoring/index.ts';
import type { Observation, ObservedInsight } from '../plan/observation.ts';

/** What the deeper checks stand on, and where to look for it. Files are of whoever looks. */
export interface ChecksInput {
  /** The cluster; without it files alone are looked at. */
  kubernetes?: KubernetesConnection;
  /** What EKS says, and whether all of it could be seen; absent when EKS is not asked. */
  insights?: { found: readonly ObservedInsight[]; complete: boolean };
  checks: RequestChecks;
  given: GivenForChecks;
  from: MinorVersion;
  to: MinorVersion;
  env: Readonly<Record<string, string | undefined>>;
  now: Date;
  signal?: AbortSignal | undefined;
}

/** The parts of an observation that the deeper checks stand on. */
export type ObservedForChecks = Pick<Observation, 'apiUses' | 'monitoring' | 'ignoreRules'>;

/**
 * Looks at all that tells of the use of APIs and metrics: files, the cluster, what EKS has seen. What can't be seen is
 * told in the result, never left out (rule 11).
 *
 * @throws StepladderError as `KubernetesConnection.getJson` when the cluster is out of reach
 */
export async function observeChecks(input: ChecksInput): Promise<ObservedForChecks> {
  const { checks, given, kubernetes, env, now, signal } = input;
  const { tables, ignoreRules, prometheus } = given;
  return {
    apiUses: await observeApiUses(input, tables),
    monitoring: await observeMonitoring(
      {
        ...(checks.rules.length === 0 ? {} : { rules: checks.rules }),
        ...(checks.dashboards.length === 0 ? {} : { dashboards: checks.dashboards }),
        ...(prometheus === undefined ? {} : { prometheus }),
        ...(kubernetes === undefined ? {} : { kubernetes }),
      },
      { now, signal, environment: env },
    ),
    ...(ignoreRules.length === 0 ? {} : { ignoreRules }),
  };
}

async function observeApiUses(
  input: ChecksInput,
  given: readonly ApiLifecycleTable[],
): Promise<ObservedApiUses> {
  const { kubernetes, insights, from, to, now, signal } = input;
  const tables = [kubernetesLifecycles, ...given];
  const observedAt = now.toISOString();
  const manifests = await observeManifests(input, tables);
  const live =
    kubernetes === undefined
      ? undefined
      : await observeLiveApiUses(kubernetes, { tables, from, to, now, signal });
  return {
    uses: [
      ...manifests.uses,
      ...(live?.uses ?? []),
      ...insightUses(insights?.found ?? [], lookUpApis(tables, from, to), observedAt),
    ],
    coverage: [manifests.coverage, ...(live?.coverage ?? []), insightCoverage(insights)],
    problems: [...manifests.problems, ...(live?.problems ?? [])],
    ...(live?.served === undefined ? {} : { served: live.served }),
    ...(live?.requests === undefined ? {} : { requests: live.requests }),
    ...(given.length === 0 ? {} : { tables: [...given] }),
  };
}

/** A path that is not there is told, and nothing is scanned: it may be gone by the next hop. */
async function observeManifests(
  { checks, from, to, now, signal }: ChecksInput,
  tables: readonly ApiLifecycleTable[],
): Promise<ManifestScan> {
  if (checks.manifests.length === 0) {
    return { uses: [], problems: [], coverage: { source: 'manifests', state: 'not-asked', count: 0 } };
  }
  try {
    return await scanManifests(checks.manifests, {
      ...{ tables, from, to, observedAt: now.toISOString() },
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (!(error instanceof StepladderError) || error.type !== 'InvalidInput') throw error;
    return {
      uses: [],
      problems: [],
      coverage: { source: 'manifests', state: 'failed', why: error.message, count: 0 },
    };
  }
}

function insightCoverage(insights: ChecksInput['insights']): ApiUseCoverage {
  const source = 'eks-insights';
  if (insights === undefined) return { source, state: 'not-asked', count: 0 };
  const count = insights.found.length;
  if (!insights.complete) return { source, state: 'failed', why: 'EKS did not tell its insights', count };
  // Without the one about deprecated APIs nothing is known of them: EKS has it for each version that it upgrades to.
  const unknown = insights.found.filter(({ status }) => status === 'UNKNOWN');
  if (count === 0) return { source, state: 'partial', why: 'EKS has no insights yet', count };
  return unknown.length > 0
    ? {
        source,
        state: 'partial',
        why: `EKS says UNKNOWN of ${unknown.map(({ name }) => name).join(', ')}`,
        count,
      }
    : { source, state: 'complete', count };
}
