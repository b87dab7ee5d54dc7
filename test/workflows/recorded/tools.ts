import { fakeTool, toolsStage } from '../fakeTool.ts';
import { planOf, untilAborted } from '../fakeWorkers.ts';
import type { RunningUpgrade, StartOptions, Workbench } from '../harness.ts';
import type { ToolsStage } from '../../../src/contract/plan.ts';
import { aborting, child, cluster, ended } from './scenario.ts';
import type { RecordedScenario } from './scenario.ts';

const stageOfTool = '1.32/tools/external-dns';

/** `upgradeTool` as a person starts it, alone. */
function start(
  workbench: Workbench,
  changes: Partial<ToolsStage>,
  activities: StartOptions['activities'],
  timing: Record<string, unknown> = {},
): Promise<RunningUpgrade> {
  return workbench.start({
    ...cluster,
    workflowType: 'upgradeTool',
    plan: planOf(toolsStage(changes), { stage: 'verification' }),
    withoutTarget: {
      tools: [{ name: 'external-dns', version: '1.15.0' }],
      timing: { scale: 0.001, probeInterval: '100ms', ...timing },
    },
    activities: { ...aborting(workbench), ...activities },
  });
}

/** Upgrades of a cluster tool: at its gate, left to Git, done, taken back, aborted. */
export const recordedTools: RecordedScenario[] = [
  {
    name: 'tool-completed',
    reach: async (workbench, keep) => {
      const crds = ['dnsendpoints.externaldns.k8s.io'];
      const upgrade = await start(
        workbench,
        { crds: { policy: 'additive', verdict: 'additive', applied: crds } },
        fakeTool().activities,
      );
      await upgrade.gate('plan');
      await keep(upgrade.handle, 'tool-gate-plan-open');
      await upgrade.approve('plan');
      await ended(upgrade.handle);
      return {
        'tool-completed': upgrade.handle,
        'tool-completed-stage': child(workbench, upgrade, stageOfTool),
      };
    },
  },
  {
    name: 'tool-taken-back',
    reach: async (workbench) => {
      const tool = fakeTool();
      tool.problems.set('1.15.0', ['Deployment external-dns/external-dns: 0 of 1 Pods Ready']);
      const upgrade = await start(workbench, {}, tool.activities);
      await upgrade.approve('plan');
      await ended(upgrade.handle);
      return {
        'tool-taken-back': upgrade.handle,
        'tool-taken-back-stage': child(workbench, upgrade, stageOfTool),
      };
    },
  },
  {
    name: 'tool-left-to-git',
    reach: async (workbench, keep) => {
      let merge: () => void = () => undefined;
      const merged = new Promise<void>((resolve) => (merge = resolve));
      const upgrade = await start(
        workbench,
        { awaitGit: { application: 'argocd/external-dns' } },
        {
          ...fakeTool().activities,
          awaitToolInGit: async ({ timeoutMs }) => {
            if (timeoutMs === 0) return { state: 'waiting', line: 'Synced at 1.14.5' };
            await merged;
            return { state: 'synced', line: 'Synced and Healthy at 1.15.0' };
          },
        },
        { gitTimeout: '30d' },
      );
      await upgrade.approve('plan');
      await upgrade.until('git', ({ waits }) => waits.some(({ kind }) => kind === 'git'));
      await keep(upgrade.handle, 'tool-waiting-for-git');
      await keep(child(workbench, upgrade, stageOfTool), 'tool-waiting-for-git-stage');
      merge();
      await ended(upgrade.handle);
      return { 'tool-brought-by-git-stage': child(workbench, upgrade, stageOfTool) };
    },
  },
  {
    name: 'tool-aborted',
    reach: async (workbench) => {
      const tool = fakeTool();
      const upgrade = await start(
        workbench,
        {},
        {
          ...tool.activities,
          verifyTool: async (input) =>
            tool.release?.version === '1.15.0' ? untilAborted() : tool.activities.verifyTool(input),
        },
      );
      await upgrade.approve('plan');
      await upgrade.called('verifyTool');
      await upgrade.handle.signal('abort', { by: 'on-call' });
      await ended(upgrade.handle);
      return { 'tool-aborted': upgrade.handle, 'tool-aborted-stage': child(workbench, upgrade, stageOfTool) };
    },
  },
];
