import { z } from 'zod';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { listObjects } from '../../kubernetes/list.ts';
import type { WarningSeen } from './toolState.ts';

/** Characters of an Event's message that are kept. */
const messageLength = 160;

const text = z.string().nullish();
const eventSchema = z
  .object({
    metadata: z.object({ creationTimestamp: text }),
    involvedObject: z.object({ kind: text, namespace: text, name: text }).prefault({}),
    reason: text,
    message: text,
    type: text,
    count: z.number().nullish(),
    lastTimestamp: text,
    eventTime: text,
    series: z.object({ count: z.number().nullish(), lastObservedTime: text }).nullish(),
    source: z.object({ component: text }).nullish(),
    reportingComponent: text,
  })
  .transform((event) => ({
    type: event.type ?? '',
    source: firstOf(event.source?.component, event.reportingComponent),
    kind: event.involvedObject.kind ?? '',
    namespace: event.involvedObject.namespace ?? '',
    name: event.involvedObject.name ?? '',
    reason: event.reason ?? '',
    message: (event.message?.split('\n', 1)[0] ?? '').slice(0, messageLength),
    count: event.series?.count ?? event.count ?? 1,
    lastSeenAt: firstOf(
      event.series?.lastObservedTime,
      event.lastTimestamp,
      event.eventTime,
      event.metadata.creationTimestamp,
    ),
  }));

/** A workload of the tool, or anything else by whose name its Pods begin. */
export interface EventOwner {
  kind: string;
  namespace: string;
  name: string;
}

export interface OwnEvents {
  /** The tool's workloads: Events about them, their ReplicaSets, Pods and Jobs are its own. */
  workloads: readonly EventOwner[];
  /** What the tool's controllers call themselves in Events about others' objects. */
  sources: readonly string[];
}

/**
 * The Warning Events that are a tool's own: about its workloads and what these have made, or written by its controllers
 * about whatever they serve. Added up by source, object and reason, in the order of these.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readWarnings(
  connection: KubernetesConnection,
  own: OwnEvents,
  signal?: AbortSignal,
): Promise<WarningSeen[]> {
  const answer = await listObjects(connection, '/api/v1/events', eventSchema, {
    ...{ fieldSelector: 'type=Warning', name: 'events', signal },
  });
  const found = new Map<string, WarningSeen>();
  for (const { type, ...event } of answer) {
    if (type !== 'Warning') continue;
    const workload = own.workloads.find((each) => isAbout(event, each));
    if (workload === undefined && !isWrittenBy(event.source, own)) continue;
    const seen: WarningSeen = {
      ...event,
      ...(workload === undefined
        ? {}
        : { workload: `${workload.kind} ${workload.namespace}/${workload.name}` }),
    };
    const key = warningKey(seen);
    found.set(key, addUp(found.get(key), seen));
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
}

/** By what a warning is the same over time. */
export function warningKey({ source, kind, namespace, name, reason }: WarningSeen): string {
  return `${kind} ${namespace}/${name} ${reason} ${source}`;
}

function addUp(before: WarningSeen | undefined, event: WarningSeen): WarningSeen {
  if (before === undefined) return event;
  const newer = event.lastSeenAt > before.lastSeenAt ? event : before;
  return { ...newer, count: before.count + event.count };
}

/** ReplicaSets, Pods and Jobs have the name of their workload, and one or two parts more. */
function isAbout(event: { kind: string; namespace: string; name: string }, owner: EventOwner): boolean {
  if (event.namespace !== owner.namespace) return false;
  if (event.kind === owner.kind) return event.name === owner.name;
  if (!['ReplicaSet', 'Pod', 'Job'].includes(event.kind) || !event.name.startsWith(`${owner.name}-`))
    return false;
  return event.name.slice(owner.name.length + 1).split('-').length <= 2;
}

function isWrittenBy(source: string, { workloads, sources }: OwnEvents): boolean {
  return sources.includes(source) || workloads.some(({ name }) => name === source);
}

function firstOf(...texts: (string | null | undefined)[]): string {
  return texts.find((each) => each !== null && each !== undefined && each !== '') ?? '';
}
