import type { ToolState } from '../../../src/tools/verify/index.ts';

type Workload = NonNullable<ToolState['workloads']>[number];
type Job = NonNullable<ToolState['jobs']>[number];
type Warning = NonNullable<ToolState['warnings']>[number];

const start = Date.parse('2026-03-02T10:00:00Z');

/** A moment by minutes after the look before the change. */
export const minute = (minutes: number): string => new Date(start + minutes * 60_000).toISOString();

export const state = (minutes: number, parts: Partial<ToolState> = {}): ToolState => ({
  lookedAt: minute(minutes),
  unknown: [],
  ...parts,
});

export const workload = (name: string, more: Partial<Workload> = {}): Workload => ({
  ...{ kind: 'Deployment', namespace: 'tools', name, uid: `uid-${name}`, images: ['x/tool:1'] },
  ...{ template: '1', well: true },
  ...more,
});

export const cronJob = (cron: string, more: Partial<NonNullable<Workload['schedule']>> = {}): Workload => ({
  ...workload('sweep', { kind: 'CronJob', images: ['x/tool:2'] }),
  schedule: { cron, suspended: false, ...more },
});

export const job = (uid: string, state: Job['state'], more: Partial<Job> = {}): Job => ({
  ...{ namespace: 'tools', name: `sweep-${uid}`, uid, cronJob: 'sweep', images: ['x/tool:2'], state },
  createdAt: minute(Number(uid)),
  ...more,
});

export const application = (name: string, sync: string, health: string, revision = 'a') => ({
  ...{ namespace: 'shop', name, sync, health, revision },
});

export const ingress = (name: string, ...addresses: string[]) => ({
  ...{ kind: 'Ingress' as const, namespace: 'shop', name, addresses },
});

export const binding = (name: string, targetGroup = 'arn:1', observed = true) => ({
  ...{ namespace: 'shop', name, targetGroup, observed },
});

export const lease = (holder: string, renewed: string, name = 'leader') => ({
  ...{ namespace: 'tools', name, holder, renewedAt: renewed, durationSeconds: 15 },
});

export const warning = (
  reason: string,
  count: number,
  seen: string,
  more: Partial<Warning> = {},
): Warning => ({
  ...{ source: 'ingress', kind: 'Ingress', namespace: 'shop', name: 'web', reason },
  ...{ message: 'no such subnet', count, lastSeenAt: seen },
  ...more,
});
