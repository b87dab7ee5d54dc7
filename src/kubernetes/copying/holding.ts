import type { Singleton } from '../../contract/migration.ts';
import { isObject, listAt, objectAt, textAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import { externalDns } from '../../tools/profiles/externalDns.ts';
import { parseImage } from '../addons.ts';
import { holdNoteKey, readHoldNote, writeHoldNote } from './holdNote.ts';
import type { HeldBefore } from './holdNote.ts';
import { mergePatched } from './mergePatch.ts';

/**
 * Nothing works twice: what must not, and how it is made to stand still and given back. All pure: from how an object is
 * to the merge patch that it gets, undefined for nothing. The same functions serve objects that are copied and live ones.
 */

/** A kind of work that two clusters must not both do. */
export type Work = 'cron-job' | 'singleton' | 'external-dns' | 'automatic-sync';

/**
 * The resources among which there is such work, in the order in which they are held: an ApplicationSet writes its
 * Applications anew, and so stands still before them. Given back they are in the other order.
 */
export const heldResources = [
  { group: 'batch', resource: 'cronjobs' },
  { group: 'argoproj.io', resource: 'applicationsets' },
  { group: 'argoproj.io', resource: 'applications' },
  { group: 'apps', resource: 'deployments' },
  { group: 'apps', resource: 'statefulsets' },
] as const;

/** The work that an object does, or undefined for one that may do it on both sides. */
export function workOf(object: Json, singletons: readonly Singleton[]): Work | undefined {
  const [group] = textAt(object, 'apiVersion').split('/');
  const kind = textAt(object, 'kind');
  if (group === 'batch' && kind === 'CronJob') return 'cron-job';
  if (group === 'argoproj.io' && (kind === 'Application' || kind === 'ApplicationSet'))
    return 'automatic-sync';
  if (group !== 'apps' || (kind !== 'Deployment' && kind !== 'StatefulSet')) return undefined;
  const metadata = objectAt(object, 'metadata');
  const isSingleton = singletons.some(
    (each) =>
      each.kind === kind &&
      each.namespace === textAt(metadata, 'namespace') &&
      each.name === textAt(metadata, 'name'),
  );
  if (isSingleton) return 'singleton';
  return isExternalDns(object) ? 'external-dns' : undefined;
}

/**
 * What has an object stand still. One that does already, by somebody else's wish, is left alone: there is nothing to
 * give back. A note of another migration is of one that was ended by force: it is taken over, with what it says of the
 * time before.
 *
 * @param madeBy the root's workflow ID
 */
export function hold(
  object: Json,
  { singletons, madeBy }: { singletons: readonly Singleton[]; madeBy: string },
): Json | undefined {
  if (workOf(object, singletons) === undefined) return undefined;
  const note = readHoldNote(annotationsOf(object));
  const before = runningOf(object);
  if (before === undefined && (note === undefined || note.by === madeBy)) return undefined;
  const noted = note?.before ?? before;
  if (noted === undefined) return undefined;
  return {
    metadata: { annotations: { [holdNoteKey]: writeHoldNote({ by: madeBy, before: noted }) } },
    ...(before === undefined ? {} : { spec: stillSpec(object) }),
  };
}

/** Gives back what this migration has noted. What somebody has set to work meanwhile stays as they want it. */
export function release(object: Json, { madeBy }: { madeBy: string }): Json | undefined {
  const note = readHoldNote(annotationsOf(object));
  if (note?.by !== madeBy) return undefined;
  return {
    metadata: { annotations: { [holdNoteKey]: null } },
    ...(runningOf(object) === undefined ? { spec: workingSpec(object, note.before) } : {}),
  };
}

/** An object as it would be if nobody had it stand still, whoever it was; without the note. */
export function unheld(object: Json): Json {
  const note = readHoldNote(annotationsOf(object));
  const patch = note === undefined ? undefined : release(object, { madeBy: note.by });
  return patch === undefined ? object : mergePatched(object, patch);
}

/** Whether an object does its work as far as its spec goes: Pods of a Deployment at 0 may still be ending. */
export function isAtWork(object: Json): boolean {
  return runningOf(object) !== undefined;
}

/** By image or labels, as the tool's profile has them. */
function isExternalDns(object: Json): boolean {
  const template = objectAt(objectAt(object, 'spec'), 'template');
  const images = listAt(objectAt(template, 'spec'), 'containers').map((each) => textAt(each, 'image'));
  if (images.some((image) => externalDns.images.includes(parseImage(image).name))) return true;
  const labels = objectAt(objectAt(object, 'metadata'), 'labels');
  return externalDns.labels.some((set) => Object.entries(set).every(([key, value]) => labels[key] === value));
}

/** What is noted of an object at work; undefined for one that stands still. */
function runningOf(object: Json): HeldBefore | undefined {
  const spec = objectAt(object, 'spec');
  switch (textAt(object, 'kind')) {
    case 'CronJob':
      return spec['suspend'] === true ? undefined : { suspend: false };
    case 'Application':
      return automatedOf(spec);
    case 'ApplicationSet':
      return automatedOf(objectAt(objectAt(spec, 'template'), 'spec'));
    default: {
      // Absent is 1 by the API's default.
      const replicas = typeof spec['replicas'] === 'number' ? spec['replicas'] : 1;
      return replicas === 0 ? undefined : { replicas };
    }
  }
}

function automatedOf(spec: Json): HeldBefore | undefined {
  const automated = objectAt(spec, 'syncPolicy')['automated'];
  // It came from JSON, so JSON is what it holds.
  return isObject(automated)
    ? { automated: automated as Extract<HeldBefore, { automated: unknown }>['automated'] }
    : undefined;
}

function stillSpec(object: Json): Json {
  switch (textAt(object, 'kind')) {
    case 'CronJob':
      return { suspend: true };
    case 'Application':
    case 'ApplicationSet':
      return syncSpec(object, null);
    default:
      return { replicas: 0 };
  }
}

function workingSpec(object: Json, before: HeldBefore): Json {
  return 'automated' in before ? syncSpec(object, before.automated) : before;
}

function syncSpec(object: Json, automated: Json | null): Json {
  const policy = { syncPolicy: { automated } };
  return textAt(object, 'kind') === 'ApplicationSet' ? { template: { spec: policy } } : policy;
}

function annotationsOf(object: Json): Json {
  return objectAt(objectAt(object, 'metadata'), 'annotations');
}
