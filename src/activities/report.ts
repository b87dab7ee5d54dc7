import { ownershipHints, unmanagedNodes } from '../checks/index.ts';
import { StepladderError } from '../contract/errors.ts';
import type { EvidenceReference } from '../contract/evidence.ts';
import type { Hop, Plan, PlanResult } from '../contract/plan.ts';
import type { Report } from '../contract/report.ts';
import { isSameStage, subjectOfStage } from '../contract/stageSubject.ts';
import type { HopStatus, UpgradeStatus } from '../contract/status.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { describeWorkload } from '../kubernetes/workloads.ts';
import type { WorkloadComparison, WorkloadState } from '../kubernetes/workloads.ts';
import type { Observation } from '../plan/observation.ts';
import type { ActivityDependencies } from './dependencies.ts';
import type { Activities } from './types.ts';

/** Writes the report of an upgrade, however it ended. */
export function reportActivity({
  evidence,
  now,
}: Pick<ActivityDependencies, 'evidence' | 'now'>): Pick<Activities, 'writeReport'> {
  return {
    async writeReport({ evidencePrefix, status }) {
      const report = await makeReport(evidence, status, now());
      return evidence.write('report', `${evidencePrefix}/report`, report, report.findings.length);
    },
  };
}

async function makeReport(store: EvidenceStore, status: UpgradeStatus, at: Date): Promise<Report> {
  const reader = new EvidenceReader(store, status.evidence);
  // Each was written by an activity of ours, and its hash is checked: the types are what was written.
  const plans = (await reader.all('plan')) as PlanResult[];
  const observation = (await reader.all('observation')).at(-1) as Observation | undefined;
  const baseline = (await reader.all('baseline'))[0] as WorkloadState[] | undefined;
  const looks = status.hops.flatMap(({ stages }) => stages.flatMap(({ workloads }) => workloads ?? []));
  const last = looks.at(-1);
  const comparison =
    last === undefined ? undefined : ((await reader.read(last.evidence)) as WorkloadComparison | undefined);
  const probes = status.hops.flatMap(({ stages }) => stages.flatMap(({ probe }) => probe ?? []));
  const endedAt = status.endedAt === undefined ? at : new Date(status.endedAt);
  const fromVersion = status.hops[0]?.from;
  const latest = plans.at(-1);
  return {
    schema: 1,
    writtenAt: at.toISOString(),
    status: withNotes(status, reader.lost, at),
    ...(fromVersion === undefined ? {} : { fromVersion }),
    durationSeconds: Math.max(0, (endedAt.getTime() - new Date(status.startedAt).getTime()) / 1000),
    downtimeSeconds: sum(probes.map(({ downtimeSeconds }) => downtimeSeconds)),
    unobservedSeconds: sum(probes.map(({ unobservedSeconds }) => unobservedSeconds)),
    findings: latest?.findings ?? [],
    overrides: latest?.plan.overrides ?? [],
    overrideReasons: latest?.overrideReasons ?? {},
    unmanagedNodes: observation === undefined ? [] : unmanagedNodes(observation),
    ownership: ownership(
      plans.map(({ plan }) => plan),
      status.hops,
      observation,
    ),
    brokenBefore: (baseline ?? []).filter(({ well }) => !well).map(describeWorkload),
    brokenAfter: comparison?.newlyBroken.map(describeWorkload) ?? last?.newlyBroken ?? [],
  };
}

/** Reads evidence for the report. What can't be read does not keep it from being written: it says so itself. */
class EvidenceReader {
  readonly lost: string[] = [];
  readonly #store: EvidenceStore;
  readonly #references: readonly EvidenceReference[];

  constructor(store: EvidenceStore, references: readonly EvidenceReference[]) {
    this.#store = store;
    this.#references = references;
  }

  /** Everything of that name, in the order in which it was recorded. */
  async all(name: string): Promise<unknown[]> {
    const found: unknown[] = [];
    for (const reference of this.#references.filter((each) => each.name === name)) {
      const value = await this.read(reference);
      if (value !== undefined) found.push(value);
    }
    return found;
  }

  async read(reference: EvidenceReference): Promise<unknown> {
    try {
      return await this.#store.read(reference);
    } catch (error) {
      if (!(error instanceof StepladderError)) throw error;
      this.lost.push(`What stands in the evidence "${reference.name}" is missing here. ${error.message}`);
      return undefined;
    }
  }
}

function withNotes(status: UpgradeStatus, lost: readonly string[], at: Date): UpgradeStatus {
  if (lost.length === 0) return status;
  const notes = lost.map((text) => ({ at: at.toISOString(), text }));
  return { ...status, notes: [...status.notes, ...notes] };
}

/** Who else believes to own what was changed, as far as it was: a hop that was not reached has changed nothing. */
function ownership(
  plans: readonly Plan[],
  hops: readonly HopStatus[],
  observation: Observation | undefined,
): Report['ownership'] {
  const latest = plans.at(-1);
  if (latest === undefined || observation === undefined) return [];
  const planned = new Map(plans.flatMap((plan) => plan.hops.map((hop): [string, Hop] => [hop.to, hop])));
  const carriedOut = hops.flatMap(({ to, stages }): Hop[] => {
    const hop = planned.get(to);
    if (hop === undefined) return [];
    const done = hop.stages.filter((stage) =>
      stages.some(
        (each) =>
          isSameStage(each, { stage: stage.stage, ...subjectOfStage(stage) }) &&
          // Of the add-ons some may have been upgraded before the stage failed.
          (each.state === 'done' || (stage.stage === 'add-ons' && each.state !== 'pending')),
      ),
    );
    return [{ ...hop, stages: done }];
  });
  return ownershipHints(observation, { ...latest, hops: carriedOut });
}

function sum(seconds: readonly number[]): number {
  return Math.round(seconds.reduce((total, each) => total + each, 0) * 1000) / 1000;
}
