import type { ApiLookup } from '../../checks/removedApis/lifecycles.ts';
import type { ApiUse, ApiUseCoverage, ObservedApiUses } from '../../checks/removedApis/types.ts';
import type { KubernetesConnection } from '../connection.ts';
import { unseenReason } from '../discovery.ts';
import { countApiServers } from './apiServers.ts';
import { readMetricLine } from './metricLine.ts';

/** As many connections are made at the most; behind a fair load balancer three servers are all met with near certainty. */
const mostSamples = 12;

/** Leases bear the names of hosts: two API servers on one host have one in common, so it is not believed at once. */
const leastSamples = 6;

export interface DeprecatedRequestsOptions {
  lookup: ApiLookup;
  now: Date;
  signal?: AbortSignal | undefined;
}

/** What one API server process has counted since it started. */
interface Sample {
  /** Its start, seconds of the Unix epoch: tells processes apart. */
  startedAt: number | undefined;
  requested: { group: string; version: string; resource: string; removed: string }[];
}

/**
 * The deprecated APIs that clients have asked for, as each API server counts them in
 * `apiserver_requested_deprecated_apis`. A control plane has one address and several API servers behind it, so it is
 * asked on fresh connections until all have been met; which one answered is told by `process_start_time_seconds`.
 * The counters begin with the process: what they don't show is not known of the time before.
 *
 * @throws StepladderError as `KubernetesConnection.getJson` when the API itself is out of reach
 */
export async function observeDeprecatedRequests(
  connection: KubernetesConnection,
  { lookup, now, signal }: DeprecatedRequestsOptions,
): Promise<{
  uses: ApiUse[];
  coverage: ApiUseCoverage;
  requests?: NonNullable<ObservedApiUses['requests']>;
}> {
  const running = await countApiServers(connection, signal);
  const met = new Map<number, Sample>();
  let samples = 0;
  let failure: string | undefined;
  let withoutStart = false;
  const goOn = (): boolean =>
    samples < leastSamples || (samples < mostSamples && met.size < (running ?? Infinity));
  for (; goOn(); samples += 1) {
    try {
      const sample = await takeSample(connection, signal);
      if (sample.startedAt === undefined) withoutStart = true;
      met.set(sample.startedAt ?? 0, sample);
      if (sample.startedAt === undefined) break;
    } catch (error) {
      failure = unseenReason(error);
      // Nothing but time is lost by trying the others again; what is forbidden stays so.
      if (met.size === 0) break;
    }
  }
  if (met.size === 0) {
    return {
      uses: [],
      coverage: { source: 'api-requests', state: 'failed', why: failure ?? 'no answer', count: 0 },
    };
  }
  const starts = [...met.keys()];
  const youngest = new Date(Math.max(...starts) * 1000).toISOString();
  const why = withoutStart
    ? 'the metrics do not say when the API server started (process_start_time_seconds)'
    : incomplete(met.size, running, samples);
  return {
    uses: usesOf([...met.values()], lookup, now),
    coverage: {
      source: 'api-requests',
      state: why === undefined ? 'complete' : 'partial',
      ...(why === undefined ? {} : { why }),
      count: samples,
    },
    requests: { servers: met.size, ...(withoutStart ? {} : { youngestStart: youngest }) },
  };
}

function incomplete(met: number, running: number | undefined, samples: number): string | undefined {
  if (running === undefined) {
    return `how many API servers there are is not known; ${samples} connections met ${met}`;
  }
  return met >= running ? undefined : `${running} API servers run, and ${samples} connections met ${met}`;
}

async function takeSample(
  connection: KubernetesConnection,
  signal: AbortSignal | undefined,
): Promise<Sample> {
  let sample: Sample = { startedAt: undefined, requested: [] };
  await connection.readLinesAfresh(
    '/metrics',
    () => {
      const taken: Sample = { startedAt: undefined, requested: [] };
      sample = taken;
      return (line) => readSampleLine(taken, line);
    },
    { signal, what: 'read the metrics of the API server (/metrics)' },
  );
  return sample;
}

/** A busy API server has a hundred thousand lines; two families are of interest. */
function readSampleLine(sample: Sample, line: string): void {
  if (line.startsWith('process_start_time_seconds')) {
    sample.startedAt = readMetricLine(line)?.value;
  } else if (line.startsWith('apiserver_requested_deprecated_apis{')) {
    const read = readMetricLine(line);
    if (read === undefined || read.value === 0) return;
    const { group = '', version = '', resource = '', removed_release: removed = '' } = read.labels;
    sample.requested.push({ group, version, resource, removed });
  }
}

/** One use for each API, however many servers and subresources it was asked of. */
function usesOf(samples: readonly Sample[], lookup: ApiLookup, now: Date): ApiUse[] {
  const uses = new Map<string, ApiUse>();
  for (const { group, version, resource, removed } of samples.flatMap(({ requested }) => requested)) {
    const lifecycle = lookup.fateOf({ group, version, resource })?.lifecycle;
    // Some are deprecated without an end in sight (Endpoints): nobody has to move for this upgrade.
    if (lifecycle?.removed === undefined && removed === '') continue;
    uses.set(`${group}/${version}/${resource}`, {
      group,
      version,
      resource,
      ...(lifecycle === undefined ? {} : { kind: lifecycle.kind }),
      ...(removed === '' ? {} : { removed }),
      place: { kind: 'api-requests' },
      observedAt: now.toISOString(),
    });
  }
  return [...uses.values()];
}
