import type { Singleton } from '../../contract/migration.ts';
import type { KubernetesConnection } from '../connection.ts';
import { hold, release } from '../copying/holding.ts';
import { readHoldNote } from '../copying/holdNote.ts';
import type { HoldNote } from '../copying/holdNote.ts';
import { objectAt } from '../../tools/crds/json.ts';
import { changeWork } from './changeWork.ts';
import { jobsLeft, podsLeft } from './workLeft.ts';
import { hasStopped, listWork, replicasOf, workName } from './workObjects.ts';
import type { WorkObject } from './workObjects.ts';

/** How work stands on one side after a look, and what was changed by it. */
export interface WorkLook {
  /** What this migration holds, or has given back with this look. */
  objects: WorkObject[];
  /** What does not stand still, or does not run; one line each. */
  problems: string[];
  /** The request's singletons that are not there. */
  absent: Singleton[];
}

/**
 * What writes others anew stands still before them, and is given back after them: an ApplicationSet its Applications, and
 * an Application whatever it syncs.
 */
const holdOrder = ['applicationsets', 'applications', 'cronjobs', 'deployments', 'statefulsets'] as const;

interface LookInput {
  singletons: readonly Singleton[];
  /** The root's workflow ID. */
  madeBy: string;
  signal: AbortSignal;
}

/**
 * Has everything that must not work twice stand still, and says what does not yet. To be repeated until nothing is left:
 * what somebody has started again meanwhile (Argo CD in the middle of a sync) is held again.
 *
 * @throws StepladderError as `KubernetesConnection.change`
 */
export async function holdSide(
  connection: KubernetesConnection,
  { singletons, madeBy, signal }: LookInput,
): Promise<WorkLook> {
  const found = await listWork(connection, singletons, signal);
  const works = found.filter(({ work }) => work !== undefined);
  const decide = (body: WorkObject['body']) => hold(body, { singletons, madeBy });
  const changed = new Set<WorkObject>();
  for (const resource of holdOrder) {
    const objects = works.filter((each) => each.resource === resource);
    const held = await changeWork(connection, objects, { decide, singletons, signal, what: 'hold' });
    for (const object of held) changed.add(object);
  }
  const withPods = works.filter(({ work }) => work === 'singleton' || work === 'external-dns');
  const cronJobs = works.filter(({ work }) => work === 'cron-job');
  return {
    objects: works.filter((each) => changed.has(each) || isHeldBy(each, madeBy)),
    problems: [
      ...(await notStopped(connection, withPods, changed, signal)),
      ...(await jobsLeft(connection, cronJobs, signal)),
      // Somebody may start it again at once: that it stands still is what another look has to say.
      ...[...changed]
        .filter((each) => !withPods.includes(each))
        .map((each) => `${workName(each)} was at work`),
    ],
    absent: absentOf(works, singletons),
  };
}

/**
 * Gives back what this migration has taken, and says which singletons are not Ready yet. To be repeated until all are.
 *
 * @throws StepladderError as `KubernetesConnection.change`
 */
export async function releaseSide(
  connection: KubernetesConnection,
  { singletons, madeBy, signal }: LookInput,
): Promise<WorkLook> {
  const found = await listWork(connection, singletons, signal);
  const decide = (body: WorkObject['body']) => release(body, { madeBy });
  const held = found.filter((each) => isHeldBy(each, madeBy));
  const released = new Set<WorkObject>();
  for (const resource of holdOrder.toReversed()) {
    const objects = held.filter((each) => each.resource === resource);
    const given = await changeWork(connection, objects, { decide, singletons, signal, what: 'release' });
    for (const object of given) released.add(object);
  }
  const ofRequest = found.filter(({ work }) => work === 'singleton');
  return {
    objects: [...released],
    problems: ofRequest.flatMap((each) => {
      // What was changed by this look is not yet as it was looked at.
      if (released.has(each)) return [`${workName(each)} is being started`];
      const note = noteOf(each);
      if (note !== undefined && note.by !== madeBy) return [`${workName(each)} is held by ${note.by}`];
      const { wanted, ready } = replicasOf(each);
      return ready >= wanted ? [] : [`${workName(each)}: ${ready} of ${wanted} Pods Ready`];
    }),
    absent: absentOf(found, singletons),
  };
}

/** Those of which the controller has not taken away every Pod, or of which one is still there. */
async function notStopped(
  connection: KubernetesConnection,
  workloads: readonly WorkObject[],
  changed: ReadonlySet<WorkObject>,
  signal: AbortSignal,
): Promise<string[]> {
  // Before the controller has seen that none is wanted it may make one more: where there is none now says nothing.
  const stopping = workloads.filter((each) => changed.has(each) || !hasStopped(each));
  const lines = await podsLeft(connection, workloads, signal);
  const told = new Set(lines.map(({ workload }) => workload));
  return [
    ...lines.map(({ line }) => line),
    ...stopping.filter((each) => !told.has(each)).map((each) => `${workName(each)} is being stopped`),
  ];
}

function isHeldBy(object: WorkObject, madeBy: string): boolean {
  return noteOf(object)?.by === madeBy;
}

function noteOf({ body }: WorkObject): HoldNote | undefined {
  return readHoldNote(objectAt(objectAt(body, 'metadata'), 'annotations'));
}

function absentOf(works: readonly WorkObject[], singletons: readonly Singleton[]): Singleton[] {
  const there = new Set(works.map(workName));
  return singletons.filter((each) => !there.has(workName(each)));
}
