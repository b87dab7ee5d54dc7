import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createActivities } from '../../src/activities/createActivities.ts';
import { keep } from '../../src/activities/evidence.ts';
import type { Plan, PlanResult } from '../../src/contract/plan.ts';
import type { Report } from '../../src/contract/report.ts';
import type { StageStatus, UpgradeStatus } from '../../src/contract/status.ts';
import { openFolderStore } from '../../src/evidence/folderStore.ts';
import type { EvidenceStore } from '../../src/evidence/store.ts';
import type { WorkloadState } from '../../src/kubernetes/workloads.ts';
import type { Observation } from '../../src/plan/observation.ts';

const prefix = 'demo/upgrade/run';
const now = new Date('2026-05-04T12:00:00Z');
const terraform = { terraform: 'true' };

const observation: Observation = {
  observedAt: '2026-05-04T09:00:00Z',
  identity: { arn: 'arn', endpoint: 'https://api', certificateAuthoritySha256: 'ca' },
  cluster: {
    name: 'demo',
    region: 'eu-west-1',
    version: '1.31',
    status: 'ACTIVE',
    tags: terraform,
    autoMode: false,
    healthIssues: [],
  },
  versions: [],
  nodeGroups: [
    {
      name: 'blue',
      version: '1.31',
      status: 'ACTIVE',
      ownImage: false,
      size: { min: 1, max: 1, desired: 1 },
      zones: 1,
      updateSettings: {},
      tags: terraform,
      healthIssues: [],
    },
  ],
  nodes: [
    { name: 'spot-1', kubeletVersion: 'v1.31.4', ready: true, unschedulable: false, provider: 'karpenter' },
  ],
  addons: [],
  addonVersions: {},
  selfManagedAddons: [],
  kubeProxies: [],
  insights: [],
  updatesInProgress: [],
  unseen: [],
};

const hop = (from: string, to: string): Plan['hops'][number] => ({
  from,
  to,
  stages: [
    { stage: 'control-plane', from, to, force: false },
    { stage: 'workers', strategy: 'managed', nodeGroup: 'blue', from, to },
  ],
});

function planned(...hops: Plan['hops']): PlanResult {
  return {
    plan: {
      cluster: { name: 'demo', arn: 'arn' },
      target: '1.33',
      putBack: [],
      hops,
      overrides: ['insights/Insight/x'],
    },
    digest: 'd',
    hopDigests: [],
    estimates: [],
    windows: [],
    findings: [
      {
        check: 'nodes',
        severity: 'info',
        subject: { kind: 'Nodes', name: 'x' },
        message: 'm',
        remedy: 'r',
        evidence: [],
      },
    ],
    summary: { blocker: 0, unknown: 0, warning: 0, info: 1 },
  };
}

const workload = (name: string, well: boolean, reason: string): WorkloadState => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'shop',
  name,
  uid: name,
  well,
  reason,
  wanted: 1,
  ready: well ? 1 : 0,
});

const probe = {
  probes: 10,
  failures: 1,
  downtimeSeconds: 1.1,
  longestOutageSeconds: 1.1,
  unobservedSeconds: 0.2,
};

const status: UpgradeStatus = {
  schema: 1,
  workflowType: 'upgradeCluster',
  workflowId: 'upgrade',
  runId: 'run',
  taskQueue: 'stepladder',
  cluster: { name: 'demo' },
  startedAt: '2026-05-04T10:00:00Z',
  endedAt: '2026-05-04T11:00:30Z',
  phase: 'failed',
  paused: false,
  waits: [],
  gates: [],
  estimates: [],
  windows: [],
  hops: [],
  compensations: [],
  refusals: [],
  actions: [],
  notes: [],
  evidence: [],
};

let store: EvidenceStore;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  store = openFolderStore(folder);
});

async function report(of: UpgradeStatus): Promise<Report> {
  const activities = createActivities({ evidence: store, now: () => now });
  const reference = await activities.writeReport({ evidencePrefix: prefix, status: of });
  expect(reference).toMatchObject({ name: 'report', key: `${prefix}/report` });
  return (await store.read(reference)) as Report;
}

describe('the report', () => {
  it('tells what was found, measured and broken', async () => {
    const comparison = { newlyBroken: [workload('web', false, '0 of 1 Pods Ready')] };
    const looked = await keep(store, prefix, 'workloads', comparison, 1);
    const stage = (
      name: StageStatus['stage'],
      state: StageStatus['state'],
      more: Partial<StageStatus> = {},
    ) => ({
      stage: name,
      state,
      ...more,
    });
    const written = await report({
      ...status,
      hops: [
        {
          from: '1.31',
          to: '1.32',
          state: 'done',
          stages: [
            stage('control-plane', 'done', { probe }),
            stage('workers', 'done', { nodeGroup: 'blue' }),
          ],
        },
        {
          from: '1.32',
          to: '1.33',
          state: 'failed',
          stages: [
            stage('control-plane', 'done', { probe }),
            stage('workers', 'failed', {
              nodeGroup: 'blue',
              workloads: {
                well: false,
                newlyBroken: [],
                newlyBrokenCount: 1,
                alreadyBrokenCount: 0,
                recoveredCount: 0,
                evidence: looked,
              },
            }),
          ],
        },
      ],
      evidence: [
        await keep(store, prefix, 'observation', observation, 1),
        await keep(store, prefix, 'plan', planned(hop('1.31', '1.32'), hop('1.32', '1.33')), 1),
        await keep(
          store,
          prefix,
          'baseline',
          [workload('old', false, 'image'), workload('web', true, '')],
          2,
        ),
        looked,
        // Made anew before the second hop: what was done before it is not in it any more.
        await keep(store, prefix, 'plan', planned(hop('1.32', '1.33')), 1),
      ],
    });
    expect(written).toMatchObject({
      schema: 1,
      writtenAt: now.toISOString(),
      fromVersion: '1.31',
      durationSeconds: 3_630,
      downtimeSeconds: 2.2,
      unobservedSeconds: 0.4,
      overrides: ['insights/Insight/x'],
      brokenBefore: ['Deployment shop/old: image'],
      brokenAfter: ['Deployment shop/web: 0 of 1 Pods Ready'],
      unmanagedNodes: [{ provider: 'karpenter', count: 1 }],
    });
    expect(written.findings).toHaveLength(1);
    // The control plane has reached 1.33, the workers have not.
    expect(
      written.ownership.map(({ resource, advice }) => `${resource} ${/"(1\.\d+)"/.exec(advice)![1]!}`),
    ).toEqual(['cluster demo 1.33', 'node group blue 1.32']);
  });

  it('can be written of an upgrade that came to nothing', async () => {
    expect(await report(status)).toMatchObject({
      findings: [],
      ownership: [],
      brokenBefore: [],
      brokenAfter: [],
      downtimeSeconds: 0,
      status,
    });
  });

  it('says itself what it lacks', async () => {
    const lost = { name: 'plan', key: `${prefix}/plan-lost`, sha256: 'x', count: 1 };
    const written = await report({ ...status, evidence: [lost] });
    expect(written.status.notes).toEqual([
      { at: now.toISOString(), text: expect.stringMatching(/"plan" is missing here.*plan-lost/) },
    ]);
  });

  it('is the same when it is written again', async () => {
    expect(await report(status)).toEqual(await report(status));
  });
});
