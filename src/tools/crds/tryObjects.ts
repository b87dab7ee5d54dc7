import { z } from 'zod';
import type { RefusedObject } from '../../contract/tools.ts';
import { StepladderError } from '../../contract/errors.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { listObjects } from '../../kubernetes/list.ts';
import { objectAt, textAt } from './json.ts';
import type { Json } from './json.ts';
import { pairVersions } from './pairVersions.ts';
import type { VersionTrial } from './pairVersions.ts';
import { validateObject } from './validate/validateObject.ts';
import type { ObjectVerdict } from './validate/validateObject.ts';

/** What trying the live custom resources of one CRD against its new schemas gave. */
export interface TriedObjects {
  tried: number;
  /** The first of those that would be refused, by namespace and name. */
  refused: RefusedObject[];
  refusedCount: number;
  unknown: string[];
}

export interface TryOptions {
  signal: AbortSignal | undefined;
  /** Called after each page. */
  onProgress: (() => void) | undefined;
  /** How many refused objects are named. */
  atMost: number;
}

/** Problems that are told of one object. */
const toldProblems = 3;

/**
 * Reads the live custom resources of a CRD page by page and judges each by the new schema. No object is kept, only what
 * is wrong with it.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`; what may not be listed is unknown
 */
export async function tryObjects(
  connection: KubernetesConnection,
  live: Json,
  next: Json,
  options: TryOptions,
): Promise<TriedObjects> {
  const crd = textAt(objectAt(live, 'metadata'), 'name');
  const { trials, unknown } = pairVersions(live, next);
  const result: TriedObjects = {
    tried: 0,
    refused: [],
    refusedCount: 0,
    unknown: unknown.map((why) => `${crd}: ${why}`),
  };
  /** An object that several versions show is one object. */
  const refused = new Set<string>();
  for (const [version, ofVersion] of Map.groupBy(trials, ({ listed }) => listed)) {
    const judgements = await judgeObjects(connection, live, version, ofVersion, options);
    if ('unknown' in judgements) {
      result.unknown.push(`${crd}: ${judgements.unknown}`);
      continue;
    }
    result.tried = Math.max(result.tried, judgements.length);
    for (const { refusal } of judgements) noteRefusal(result, refused, options.atMost, refusal);
    const rules = Map.groupBy(
      judgements.flatMap(({ untried }) => untried),
      (rule) => rule,
    );
    for (const [rule, { length }] of rules) {
      result.unknown.push(
        `${crd} ${rule}: a new rule that only an API server can try; ${length} ${length === 1 ? 'object' : 'objects'} may break it`,
      );
    }
  }
  return result;
}

/** What is kept of an object. */
interface Judgement {
  untried: string[];
  refusal?: RefusedObject;
}

async function judgeObjects(
  connection: KubernetesConnection,
  live: Json,
  version: string,
  trials: readonly VersionTrial[],
  { signal, onProgress }: TryOptions,
): Promise<Judgement[] | { unknown: string }> {
  const name = textAt(objectAt(live, 'metadata'), 'name');
  const spec = objectAt(live, 'spec');
  const path = `/apis/${textAt(spec, 'group')}/${version}/${textAt(objectAt(spec, 'names'), 'plural')}`;
  const judged = z.record(z.string(), z.unknown()).transform((object): Judgement => {
    const untried: string[] = [];
    for (const trial of trials) {
      const verdict = validateObject(object, trial.schema, trial.old);
      untried.push(...verdict.untried.map((rule) => `${trial.judged} ${rule}`));
      // What one version refuses is enough to say.
      if (verdict.problems.length > 0) return { untried, refusal: refusalOf(name, object, trial, verdict) };
    }
    return { untried };
  });
  try {
    return await listObjects(connection, path, judged, {
      name,
      signal,
      ...(onProgress === undefined ? {} : { onPage: onProgress }),
    });
  } catch (error) {
    if (error instanceof StepladderError && statusBehind(error)?.code === 403) {
      return { unknown: error.message };
    }
    throw error;
  }
}

function refusalOf(
  crd: string,
  object: Json,
  trial: VersionTrial,
  { problems }: ObjectVerdict,
): RefusedObject {
  const metadata = objectAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  const told = problems.slice(0, toldProblems).join('; ');
  const more = problems.length - toldProblems;
  return {
    crd,
    apiVersion: textAt(object, 'apiVersion').replace(/[^/]*$/, trial.judged),
    kind: textAt(object, 'kind'),
    ...(namespace === '' ? {} : { namespace }),
    name: textAt(metadata, 'name'),
    reason: more > 0 ? `${told}; and ${more} more` : told,
  };
}

function noteRefusal(
  result: TriedObjects,
  known: Set<string>,
  atMost: number,
  refusal: RefusedObject | undefined,
): void {
  if (refusal === undefined) return;
  const key = `${refusal.namespace ?? ''}/${refusal.name}`;
  if (known.has(key)) return;
  known.add(key);
  result.refusedCount += 1;
  if (result.refused.length < atMost) result.refused.push(refusal);
}
