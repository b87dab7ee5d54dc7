import type { UpdateOutcome } from '../../../src/activities/types.ts';
import { failWith } from '../failWith.ts';
import { oneHop, summarize, twoHops } from '../scriptedActivities.ts';
import { child, cluster, ended } from './scenario.ts';
import type { RecordedScenario } from './scenario.ts';

const successful: UpdateOutcome = { status: 'Successful', errors: [] };

/** Upgrades in place by the managed roll: each gate while it is open, each wait, each way to end. */
export const recordedUpgrades: RecordedScenario[] = [
  {
    name: 'gates-open',
    reach: async (workbench, keep) => {
      for (const gate of ['plan', 'workers', 'hop'] as const) {
        const upgrade = await workbench.start({
          ...cluster,
          plan: twoHops,
          request: { targetVersion: '1.33', gates: { hop: true, workers: true } },
        });
        for (const earlier of ['plan', 'workers', 'hop'] as const) {
          if (earlier === gate) break;
          await upgrade.approve(earlier);
        }
        await upgrade.gate(gate);
        await keep(upgrade.handle, `gate-${gate}-open`);
        await upgrade.handle.terminate();
      }
      return {};
    },
  },
  {
    name: 'completed',
    reach: async (workbench) => {
      const upgrade = await workbench.start({
        ...cluster,
        plan: twoHops,
        request: { targetVersion: '1.33' },
      });
      await upgrade.handle.signal('approve', { gate: 'plan', by: 'on-call', digest: '00000000' });
      await upgrade.approve();
      await ended(upgrade.handle);
      return {
        completed: upgrade.handle,
        'completed-control-plane': child(workbench, upgrade, '1.32/control-plane'),
        'completed-add-ons': child(workbench, upgrade, '1.32/add-ons'),
        'completed-node-group': child(workbench, upgrade, '1.32/workers/blue'),
      };
    },
  },
  {
    name: 'rejected',
    reach: async (workbench) => {
      const upgrade = await workbench.start(cluster);
      await upgrade.handle.executeUpdate('reject', { args: [await upgrade.answer()] });
      await ended(upgrade.handle);
      return { rejected: upgrade.handle };
    },
  },
  {
    name: 'gate-timed-out',
    reach: async (workbench) => {
      const upgrade = await workbench.start({ ...cluster, request: { gates: { timeout: '1m' } } });
      await ended(upgrade.handle);
      return { 'gate-timed-out': upgrade.handle };
    },
  },
  {
    name: 'failed',
    reach: async (workbench) => {
      const upgrade = await workbench.start({
        ...cluster,
        activities: {
          awaitUpdate: async ({ target }) =>
            target.kind === 'add-on'
              ? {
                  status: 'Failed',
                  errors: [{ code: 'AdmissionRequestDenied', message: 'no', resourceIds: [] }],
                }
              : successful,
        },
      });
      await upgrade.approve();
      await ended(upgrade.handle);
      return { failed: upgrade.handle, 'failed-add-ons': child(workbench, upgrade, '1.32/add-ons') };
    },
  },
  {
    name: 'blocked',
    reach: async (workbench) => {
      const upgrade = await workbench.start({
        ...cluster,
        activities: { makePlan: async () => summarize(oneHop, ['nodes/Node/a: not Ready']) },
      });
      await ended(upgrade.handle);
      return { blocked: upgrade.handle };
    },
  },
  {
    name: 'invalid',
    reach: async (workbench) => {
      const upgrade = await workbench.start({ ...cluster, request: { targetVersion: 'latest' } });
      await ended(upgrade.handle);
      return { invalid: upgrade.handle };
    },
  },
  {
    name: 'aborted',
    reach: async (workbench) => {
      let finish: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const upgrade = await workbench.start({
        ...cluster,
        activities: {
          awaitUpdate: async ({ target, updateId }) => {
            if (target.kind === 'node-group' && updateId === 'update-4') await held;
            return successful;
          },
          requestCancellation: async ({ workflowId, runId }) => {
            await workbench.client.workflow.getHandle(workflowId, runId).cancel();
          },
        },
      });
      await upgrade.approve();
      await upgrade.called('startNodeGroupUpdate');
      await upgrade.handle.signal('abort', { by: 'on-call' });
      await upgrade.until('aborting', ({ phase }) => phase === 'aborting');
      finish();
      await ended(upgrade.handle);
      return {
        aborted: upgrade.handle,
        'aborted-node-group': child(workbench, upgrade, '1.32/workers/blue'),
      };
    },
  },
  {
    name: 'waited-and-paused',
    reach: async (workbench, keep) => {
      let refused = true;
      const upgrade = await workbench.start({
        ...cluster,
        plan: oneHop,
        activities: {
          startAddonUpdate: async () => {
            if (refused) failWith('CredentialsRefused', 'The token has expired.');
            return { state: 'started', updateId: 'addon' };
          },
        },
        request: { notify: [{ webhookEnv: 'STEPLADDER_WEBHOOK' }] },
      });
      await upgrade.approve();
      await upgrade.until('credentials', ({ waits }) => waits.some(({ kind }) => kind === 'credentials'));
      await upgrade.handle.signal('pause', { by: 'on-call' });
      await upgrade.until('paused', ({ paused }) => paused);
      await keep(upgrade.handle, 'waiting-for-credentials');
      refused = false;
      await upgrade.until('a pause', ({ waits }) => waits.some(({ kind }) => kind === 'pause'));
      await keep(upgrade.handle, 'paused');
      await upgrade.handle.signal('resume');
      await ended(upgrade.handle);
      return { 'waited-and-paused': upgrade.handle };
    },
  },
  {
    name: 'broken-workloads-accepted',
    reach: async (workbench, keep) => {
      let accepted = false;
      const upgrade = await workbench.start({
        ...cluster,
        activities: {
          verifyWorkloads: async () => ({
            well: accepted,
            newlyBroken: accepted ? [] : ['Deployment shop/web: 1 of 3 Pods Ready'],
            newlyBrokenCount: accepted ? 0 : 1,
            alreadyBrokenCount: 0,
            recoveredCount: 0,
            evidence: { name: 'workloads', key: 'w', sha256: 'x', count: 1 },
          }),
        },
        request: { timing: { scale: 0.001, brokenTimeout: '30d' } },
      });
      await upgrade.approve();
      await upgrade.until('a hold', ({ waits }) => waits.some(({ kind }) => kind === 'workloads'));
      await keep(upgrade.handle, 'held-over-broken-workloads');
      accepted = true;
      await upgrade.handle.signal('resume', { by: 'on-call' });
      await ended(upgrade.handle);
      return { 'broken-workloads-accepted': upgrade.handle };
    },
  },
];
