import type { CrdChange, CrdComparison, CrdDifference } from '../../contract/tools.ts';
import { StepladderError } from '../../contract/errors.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { inOrder } from '../../kubernetes/inOrder.ts';
import type { CrdDocument } from '../types.ts';
import { classifyCrd } from './classify/classifyCrd.ts';
import { changeAt, worstVerdict } from './classify/change.ts';
import { readCrd, submitCrd } from './crdApi.ts';
import type { Json } from './json.ts';
import { withServerDefaults } from './serverDefaults.ts';
import { tryObjects } from './tryObjects.ts';

export interface CompareOptions {
  /** CRDs of the tool that are in the cluster; those that are not among the new ones are told as `extra`. */
  installed?: readonly string[];
  /** Whether live custom resources are tried where a CRD's change could refuse some (default: yes). */
  tryObjects?: boolean;
  signal?: AbortSignal | undefined;
  /** Called after each CRD and each page of custom resources: a heartbeat. */
  onProgress?: () => void;
}

/** Refused objects that are named; the others are counted. */
const namedRefusals = 100;

/**
 * Compares CRDs with those in the cluster, as `kubectl diff --server-side --force-conflicts` does: what the API server
 * would make of them against what it has. Nothing is changed. Live custom resources are tried against a schema that
 * asks for more than before.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`; what the API server forbids is told as unknown
 */
export async function compareCrds(
  connection: KubernetesConnection,
  crds: readonly CrdDocument[],
  options: CompareOptions = {},
): Promise<CrdComparison> {
  const { installed = [], signal, onProgress } = options;
  const comparison: CrdComparison = {
    verdict: 'none',
    differences: [],
    compared: 0,
    tried: 0,
    refused: [],
    refusedCount: 0,
    unknown: [],
  };
  for await (const one of inOrder(crds, (document) => compareOne(connection, document, signal))) {
    onProgress?.();
    if ('unknown' in one) {
      comparison.unknown.push(one.unknown);
      continue;
    }
    comparison.compared += 1;
    if (one.difference.state !== 'same') comparison.differences.push(one.difference);
    const { live, next } = one;
    if (live === undefined || next === undefined || options.tryObjects === false) continue;
    if (one.difference.verdict !== 'breaking') continue;
    const tried = await tryObjects(connection, live, next, {
      signal,
      onProgress,
      atMost: namedRefusals - comparison.refused.length,
    });
    comparison.tried += tried.tried;
    comparison.refused.push(...tried.refused);
    comparison.refusedCount += tried.refusedCount;
    comparison.unknown.push(...tried.unknown);
  }
  const named = new Set(crds.map(({ name }) => name));
  for (const crd of installed) {
    if (!named.has(crd)) comparison.differences.push({ crd, state: 'extra', verdict: 'none', changes: [] });
  }
  comparison.verdict = worstVerdict(comparison.differences.map(({ verdict }) => verdict));
  return comparison;
}

type Compared = { difference: CrdDifference; live?: Json; next?: Json } | { unknown: string };

async function compareOne(
  connection: KubernetesConnection,
  document: CrdDocument,
  signal: AbortSignal | undefined,
): Promise<Compared> {
  const crd = document.name;
  try {
    const live = await readCrd(connection, crd, signal);
    const tried = await dryRun(connection, document, live, signal);
    if ('refusal' in tried) {
      return {
        difference: refusedDifference(document, live, tried.refusal),
        ...(live === undefined ? {} : { live, next: withServerDefaults(document.object) }),
      };
    }
    if (live === undefined) {
      const changes = [changeAt('', 'additive', 'the cluster does not have it')];
      return { difference: { crd, state: 'missing', verdict: 'additive', changes } };
    }
    const changes = classifyCrd(live, tried.next);
    const state = changes.length === 0 ? 'same' : 'changed';
    const verdict = worstVerdict(changes.map((change) => change.verdict));
    return { difference: { crd, state, verdict, changes }, live, next: tried.next };
  } catch (error) {
    if (error instanceof StepladderError && statusBehind(error)?.code === 403) {
      return { unknown: `${crd}: ${error.message}` };
    }
    throw error;
  }
}

/** What the API server would make of a CRD, or why it takes it not at all. */
async function dryRun(
  connection: KubernetesConnection,
  document: CrdDocument,
  live: Json | undefined,
  signal: AbortSignal | undefined,
): Promise<{ next: Json } | { refusal: string }> {
  try {
    return { next: await submitCrd(connection, document, live, { dryRun: true, signal }) };
  } catch (error) {
    const status = statusBehind(error);
    if (status?.code !== 400 && status?.code !== 422) throw error;
    return { refusal: status.message };
  }
}

const longestRefusal = 500;

function refusedDifference(document: CrdDocument, live: Json | undefined, refusal: string): CrdDifference {
  const said = refusal.length <= longestRefusal ? refusal : `${refusal.slice(0, longestRefusal)}…`;
  const changes: CrdChange[] = [changeAt('', 'breaking', `the API server refuses it: ${said}`)];
  if (live !== undefined) changes.push(...classifyCrd(live, withServerDefaults(document.object)));
  return {
    crd: document.name,
    state: live === undefined ? 'missing' : 'changed',
    verdict: 'breaking',
    changes,
  };
}
