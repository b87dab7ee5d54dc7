import type { ArgoCdSource } from '../../contract/migration.ts';
import {
  applicationOf,
  applicationPath,
  listApplications,
  refreshKey,
} from '../../kubernetes/argoCd/application.ts';
import type { Application } from '../../kubernetes/argoCd/application.ts';
import type { Chosen, ChosenObject } from '../../kubernetes/argoCd/chosen.ts';
import { withoutBlue } from '../../kubernetes/argoCd/destinations.ts';
import { parentsOf, withChildren } from '../../kubernetes/argoCd/inWaves.ts';
import { judgeRound } from '../../kubernetes/argoCd/judgeRound.ts';
import type { Round, RoundContext } from '../../kubernetes/argoCd/judgeRound.ts';
import { lackOfArgoCd } from '../../kubernetes/argoCd/presence.ts';
import { syncPatch } from '../../kubernetes/argoCd/syncOperation.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { bringObject, someAtOnce } from '../../kubernetes/copying/bringObject.ts';
import type { CopyTarget } from '../../kubernetes/copying/bringObject.ts';
import { unheld } from '../../kubernetes/copying/holding.ts';
import { stripObject } from '../../kubernetes/copying/strip.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { holdSide } from '../../kubernetes/holding/holdSide.ts';
import { workName } from '../../kubernetes/holding/workObjects.ts';
import { resourceName } from '../../kubernetes/inventoryEntry.ts';
import { madeByNoteKey } from '../../plan/leftovers.ts';
import { isObject } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import { growingPauses, pause } from '../pause.ts';

/** What a source of Argo CD is brought by. */
export interface ApplicationsToBring {
  source: ArgoCdSource;
  chosen: Chosen;
  target: CopyTarget & { signal: AbortSignal };
  /** How long each may take that others do not come up meanwhile. Milliseconds. */
  timeoutMs: number;
  /** Between two looks at the most. Milliseconds. */
  pollMs: number;
  /** Monotonic milliseconds; for tests. */
  now?: () => number;
}

/**
 * Brings the chosen Applications to green, with what Argo CD needs for them, and has Argo CD sync each once, in the order
 * of their waves. What syncs by itself, children that come up meanwhile too, stands still. What does not become Synced and
 * Healthy in time is refused in the account, by name.
 *
 * @throws StepladderError when green as a whole is the trouble; the signal's reason when it was aborted
 */
export async function bringApplications(input: ApplicationsToBring): Promise<void> {
  const { chosen, target } = input;
  const { account } = target;
  for (const name of chosen.missing)
    account.refused(`Application ${input.source.namespace}/${name}`, 'it is not on the old cluster');
  const lack = await awaitArgoCd(input);
  if (lack !== undefined) {
    account.refused('Argo CD', `${lack}: bring it by the request's tools, or by a source before this one`);
    return;
  }
  const refused = await bringObjects(input);
  const keys = chosen.applications.map(({ key, set }): [string, string | undefined] => [key, set]);
  await syncAll(input, new Map(keys.filter(([key]) => !refused.has(key))));
  // What a sync has set to work since the last look.
  await holdSide(target.green, target);
}

/** Waits for what brings Argo CD to be done with it. Returns what is lacking at the end of the time. */
async function awaitArgoCd(input: ApplicationsToBring): Promise<string | undefined> {
  const { account, green, signal } = input.target;
  account.begin('waiting for Argo CD');
  const { now = () => performance.now() } = input;
  const until = now() + input.timeoutMs;
  for (const wait of growingPauses(input.pollMs)) {
    const lack = await lackOfArgoCd(green, input.source.namespace, signal);
    const left = until - now();
    if (lack === undefined || left <= 0) return lack;
    account.begin(`waiting for Argo CD: ${lack}`);
    await pause(Math.min(wait, left), signal);
  }
  return undefined;
}

/** Brings what Applications stand on, then them, each kind after the other. Returns keys that green has refused. */
async function bringObjects({ chosen, target }: ApplicationsToBring): Promise<Set<string>> {
  const { account } = target;
  for (const { resource, key, left } of chosen.left) account.left(resourceName(resource), key, left);
  const refused = new Set<string>();
  const bring = async ({ resource, key, body }: ChosenObject) => {
    account.progress();
    const stripped = stripObject(resource, unheld(body), {
      ...{ sharedClaims: new Set<string>(), ownNotes: [madeByNoteKey, refreshKey] },
    });
    const wanted = withoutBlue(stripped, chosen.known);
    const why = await bringObject({ resource, wanted, key, isThere: true }, target);
    if (why === undefined) return;
    account.refused(`${resource.kind} ${key}`, why);
    if (resource.kind === 'Application') refused.add(key);
  };
  const kinds = new Set(chosen.objects.map(({ resource }) => resource));
  for (const kind of kinds) {
    account.begin(`bringing ${resourceName(kind)}`);
    await someAtOnce(
      chosen.objects.filter(({ resource }) => resource === kind),
      bring,
    );
  }
  return refused;
}

async function syncAll(input: ApplicationsToBring, chosen: RoundContext['chosen']): Promise<void> {
  const { target, timeoutMs, pollMs, now = () => performance.now() } = input;
  const { account, green, signal } = target;
  const onBlue = input.chosen.all;
  const begun = new Set<string>();
  const asked = new Set<string>();
  const suspendedOnBlue = new Set(onBlue.flatMap(({ key, health }) => (health === 'Suspended' ? [key] : [])));
  let until = now() + timeoutMs;
  let best = -1;
  let pauses = growingPauses(pollMs);
  for (;;) {
    const { objects } = await holdSide(green, target);
    const held = new Set(objects.map(workName));
    const seen = await listApplications(green, signal);
    const context: RoundContext = {
      ...{ chosen, onBlue, known: input.chosen.known, begun, suspendedOnBlue },
      isHeld: (object) => held.has(workName(object)),
    };
    const wanted = withChildren(chosen.keys(), parentsOf(seen));
    const round = judgeRound(await askToLook(target, seen, { wanted, asked }), context);
    for (const application of round.startable)
      if (await begin(target, application)) {
        begun.add(application.key);
        account.note('applications.argoproj.io', application.key, 'Argo CD was told to sync it once');
      }
    if (round.open.length === 0) return;
    account.begin(lineOf(round));
    // Each has its own time: it begins anew with whatever has come up, or has been begun.
    if (round.wellCount + begun.size > best) {
      best = round.wellCount + begun.size;
      until = now() + timeoutMs;
      pauses = growingPauses(pollMs);
    }
    const left = until - now();
    if (left <= 0 || !round.open.some(({ isMoving }) => isMoving)) {
      for (const { key, line } of round.open) account.refused(`Application ${key}`, line);
      return;
    }
    await pause(Math.min(pauses.next().value, left), signal);
  }
}

function lineOf({ wellCount, count, open }: Round): string {
  const [first] = open;
  const now = first === undefined ? '' : `; Application ${first.key}: ${first.line}`;
  return `${wellCount} of ${count} Applications Synced and Healthy${now}`;
}

/**
 * Has Argo CD look once at each that is to come up, since what it says may be of before: Git has moved, or it has only now
 * been given what it needs. One that is at work is asked when it has ended.
 *
 * @param asked keys of those that were asked by earlier looks; those of this one are added
 * @returns all, of which those that were just asked are not looked at yet
 */
async function askToLook(
  { green, signal }: ApplicationsToBring['target'],
  seen: readonly Application[],
  { wanted, asked }: { wanted: ReadonlySet<string>; asked: Set<string> },
): Promise<Application[]> {
  const now: Application[] = [];
  for (const application of seen) {
    const { key, operating, refreshing } = application;
    if (!wanted.has(key) || asked.has(key) || operating) {
      now.push(application);
      continue;
    }
    if (!refreshing)
      await patched(green, application, {
        ...{ signal, what: 'have Argo CD look at' },
        body: { metadata: { annotations: { [refreshKey]: 'normal' } } },
      });
    asked.add(key);
    now.push({ ...application, refreshing: true });
  }
  return now;
}

/** Begins a sync, unless the Application is another by now than it was looked at. True when it has begun. */
async function begin(
  { green, signal, madeBy }: ApplicationsToBring['target'],
  seen: Application,
): Promise<boolean> {
  const what = 'sync';
  const body = await green.getJson(applicationPath(seen), { signal, what: `read Application ${seen.key}` });
  if (!isObject(body) || applicationOf(body).resourceVersion !== seen.resourceVersion) return false;
  return patched(green, seen, { signal, what, body: syncPatch(body, madeBy) });
}

/** False where it is gone, or somebody has changed it since it was looked at: another look will tell. */
async function patched(
  green: KubernetesConnection,
  application: Application,
  { body, what, signal }: { body: Json; what: string; signal: AbortSignal },
): Promise<boolean> {
  try {
    await green.change('PATCH', applicationPath(application), {
      ...{ body, signal, what: `${what} Application ${application.key}` },
    });
    return true;
  } catch (error) {
    const code = statusBehind(error)?.code;
    if (code === 404 || code === 409) return false;
    throw error;
  }
}
