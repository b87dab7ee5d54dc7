import type { Sighting } from '../../src/commands/following/sighting.ts';
import type { MigrationStatus } from '../../src/contract/migration.ts';
import type { Report } from '../../src/contract/report.ts';
import type { GateRecord, HopStatus, StageStatus, UpgradeStatus } from '../../src/contract/status.ts';

export const workflowId = 'upgrade-shop-1.33';
export const digest = '3f2a9c1e'.padEnd(64, '0');

/** A moment of the fixtures' day. */
export function at(time: string): string {
  return `2026-03-02T${time}.000Z`;
}

export function gate(change: Partial<GateRecord> = {}): GateRecord {
  return {
    gate: 'plan',
    opening: 1,
    digest,
    openedAt: at('10:00:05'),
    closesAt: at('12:00:05'),
    shown: ['Plan 12345678 for cluster shop:', '- **1.31 → 1.32**'],
    ...change,
  };
}

export function stage(change: Partial<StageStatus> = {}): StageStatus {
  return { stage: 'control-plane', state: 'pending', ...change };
}

export function hop(change: Partial<HopStatus> = {}): HopStatus {
  return {
    from: '1.31',
    to: '1.32',
    state: 'running',
    startedAt: at('10:01:00'),
    stages: [
      stage({
        state: 'running',
        startedAt: at('10:01:00'),
        workflowId: `${workflowId}/1.32/control-plane`,
        detail: 'control plane to 1.32: EKS update 1f2e',
      }),
      stage({ stage: 'workers', nodeGroup: 'blue' }),
      stage({ stage: 'verification' }),
    ],
    ...change,
  };
}

/** An upgrade from 1.31 to 1.33 that is at its first control plane. */
export function status(change: Partial<UpgradeStatus> = {}): UpgradeStatus {
  return {
    schema: 1,
    workflowType: 'upgradeCluster',
    workflowId,
    runId: 'run-1',
    taskQueue: 'stepladder',
    cluster: { name: 'shop', region: 'eu-west-1', arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop' },
    currentVersion: '1.31',
    targetVersion: '1.33',
    startedAt: at('10:00:00'),
    phase: 'upgrading',
    paused: false,
    waits: [],
    gates: [gate({ outcome: 'approved', by: 'on-call', answeredAt: at('10:00:50') })],
    planDigest: 'ab'.repeat(32),
    estimates: [
      { hop: '1.32', stage: 'control-plane', seconds: 600 },
      { hop: '1.32', stage: 'workers', nodeGroup: 'blue', seconds: 900 },
    ],
    windows: [],
    hops: [hop()],
    compensations: [],
    refusals: [],
    actions: [],
    notes: [],
    evidence: [],
    ...change,
  };
}

/** A migration of which a quarter of the users have gone over. */
export function migration(change: Partial<MigrationStatus> = {}): MigrationStatus {
  return {
    green: { name: 'shop-1-34', arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop-1-34' },
    weights: { blue: 75, green: 25 },
    steps: [5, 25, 50, 100],
    addresses: ['http://shop.example.com'],
    moves: [
      { at: at('10:03:00'), to: { blue: 95, green: 5 }, why: 'step of 5 %' },
      { at: at('10:04:00'), to: { blue: 75, green: 25 }, why: 'step of 25 %' },
    ],
    ...change,
  };
}

/** The status of a migration from 1.31 to 1.34 in the soak of its second step. */
export function migrating(change: Partial<UpgradeStatus> = {}): UpgradeStatus {
  return status({
    targetVersion: '1.34',
    migration: migration(),
    hops: [
      hop({
        to: '1.34',
        stages: [
          stage({
            stage: 'green-cluster',
            state: 'done',
            startedAt: at('10:01:00'),
            endedAt: at('10:02:00'),
          }),
          stage({ stage: 'cutover', state: 'running', startedAt: at('10:03:00') }),
          stage({ stage: 'retirement' }),
        ],
      }),
    ],
    waits: [
      {
        kind: 'soak',
        what: '25 % of the users are on shop-1-34; the next step is 50 %.',
        since: at('10:04:00'),
        until: at('10:09:00'),
        at: '1.34/cutover',
      },
    ],
    ...change,
  });
}

export function sighting(change: Partial<Sighting> = {}): Sighting {
  return {
    at: at('10:05:00'),
    workflowId,
    runId: 'run-1',
    taskQueue: 'stepladder',
    startedAt: at('10:00:00'),
    workerAnswers: true,
    status: status(),
    progress: [],
    ...change,
  };
}

/** The report of an upgrade that reached its target, with something of everything that a report can say. */
export function report(change: Partial<Report> = {}): Report {
  return {
    schema: 1,
    writtenAt: at('11:00:00'),
    status: status({
      phase: 'completed',
      currentVersion: '1.32',
      targetVersion: '1.32',
      endedAt: at('11:00:00'),
      outcome: 'Cluster shop is at 1.32.',
      gates: [
        gate({ outcome: 'void' }),
        gate({
          opening: 2,
          digest: '77aa55cc'.padEnd(64, '1'),
          outcome: 'approved',
          by: 'on-call',
          comment: 'go | now',
          answeredAt: at('10:00:50'),
        }),
      ],
      hops: [
        hop({
          state: 'done',
          endedAt: at('10:59:00'),
          stages: [
            stage({
              state: 'done',
              startedAt: at('10:01:00'),
              endedAt: at('10:11:00'),
              probe: {
                probes: 1200,
                failures: 3,
                downtimeSeconds: 1.5,
                longestOutageSeconds: 1.5,
                unobservedSeconds: 12,
              },
              inventory: {
                missing: ['ConfigMap shop/settings'],
                missingCount: 1,
                exceptedCount: 2,
                comparedCount: 340,
                evidence: { name: 'inventory-difference', key: 'k', sha256: 'f'.repeat(64), count: 1 },
              },
              workloads: {
                well: true,
                newlyBroken: [],
                newlyBrokenCount: 0,
                alreadyBrokenCount: 1,
                recoveredCount: 0,
                evidence: { name: 'workloads', key: 'k2', sha256: 'e'.repeat(64), count: 12 },
              },
            }),
          ],
        }),
      ],
      compensations: [
        {
          undo: 'restoreUpdateSettings',
          args: { nodeGroup: 'blue' },
          what: 'update settings of node group blue',
          recordedAt: at('10:12:00'),
          state: 'put-back',
        },
      ],
      actions: [
        {
          at: at('10:20:00'),
          action: 'pause',
          by: 'second-on-call',
          comment: 'lunch',
          effect: 'no new change',
        },
      ],
      refusals: [
        { at: at('10:00:30'), message: 'approve', by: 'on-call', reason: 'digest is of an earlier opening' },
      ],
      notes: [{ at: at('10:11:00'), hop: '1.32', stage: 'control-plane', text: 'two probes were late' }],
      evidence: [{ name: 'baseline', key: 'shop/baseline', sha256: 'd'.repeat(64), count: 12 }],
    }),
    fromVersion: '1.31',
    durationSeconds: 3600,
    downtimeSeconds: 1.5,
    unobservedSeconds: 12,
    findings: [
      {
        check: 'nodes',
        severity: 'warning',
        subject: { kind: 'Node', name: 'ip-10-0-1-5' },
        message: 'Node ip-10-0-1-5 is not Ready.',
        remedy: 'Look at its kubelet.',
        evidence: [{ source: 'Kubernetes API', observedAt: at('10:00:01') }],
      },
      {
        check: 'insights',
        severity: 'blocker',
        subject: { kind: 'Insight', name: '7f3c' },
        message: 'A removed API is in use.',
        remedy: '',
        evidence: [],
      },
    ],
    overrides: ['insights/Insight/7f3c'],
    unmanagedNodes: [
      { provider: 'karpenter', count: 3, names: ['ip-10-0-9-1'], kubeletVersions: ['v1.31.4-eks-aeac579'] },
    ],
    ownership: [
      {
        resource: 'cluster shop',
        owner: 'Terraform',
        evidence: 'terraform=true',
        advice: 'Set cluster_version to 1.32.',
      },
    ],
    brokenBefore: ['Deployment shop/loyalty-beta: 0 of 1 Pods Ready'],
    brokenAfter: [],
    ...change,
  };
}
