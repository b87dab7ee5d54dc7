import { WorkflowFailedError } from '@temporalio/client';
import { describe, it } from 'vitest';
import type { ToolVerdict } from '../../src/activities/toolTypes.ts';
import { failWith } from './failWith.ts';
import { fakeTool, toolsStage } from './fakeTool.ts';
import { planOf } from './fakeWorkers.ts';
import type { RunningUpgrade } from './harness.ts';
import { useWorkbench } from './server.ts';
import { untilStageTold } from './untilStageTold.ts';

const workbench = useWorkbench();

const tools = [{ name: 'external-dns', version: '1.15.0' }];
const application = 'argocd/external-dns';

/** The failure that an upgrade ended with, in our words. */
async function failed(upgrade: RunningUpgrade): Promise<{ type: string; message: string }> {
  try {
    await upgrade.handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const cause = error.cause as Error & { type?: string };
    return { type: cause.type ?? cause.name, message: cause.message };
  }
  throw new Error('it did not fail');
}

async function settled(upgrade: RunningUpgrade) {
  const { compensations, waits, notes, hops } = await upgrade.status();
  return {
    waits,
    owed: compensations.map(({ undo, state }) => `${undo} ${state}`),
    notes: notes.map(({ text }) => text).join('\n'),
    stage: hops[0]?.stages.find(({ stage }) => stage === 'tools')?.state,
  };
}

describe.concurrent('the upgrade of a tool', () => {
  it('notes the revision, changes the release, and ends when all is as well as before', async ({
    expect,
  }) => {
    const tool = fakeTool();
    const upgrade = await workbench().start({
      workflowType: 'upgradeTool',
      plan: planOf(toolsStage(), { stage: 'verification' }),
      withoutTarget: { tools },
      activities: tool.activities,
    });
    await upgrade.approve('plan');
    expect(await upgrade.handle.result()).toMatchObject({ outcome: 'completed' });
    expect(tool.release).toEqual({ revision: 4, version: '1.15.0', status: 'deployed' });
    expect(upgrade.changes()).toEqual(['upgradeTool external-dns']);
    expect(await settled(upgrade)).toMatchObject({
      waits: [],
      owed: ['rollBackTool kept'],
      stage: 'done',
    });
    const steps = upgrade.calls.map(({ activity }) => activity).filter((name) => name.includes('Tool'));
    expect(steps).toEqual(['prepareTool', 'upgradeTool', 'verifyTool']);
  });

  it('applies the CRDs of the plan before the chart, and leaves them when the release is taken back', async ({
    expect,
  }) => {
    const tool = fakeTool();
    const crds = ['dnsendpoints.externaldns.k8s.io'];
    const upgrade = await workbench().start({
      plan: planOf(toolsStage({ crds: { policy: 'additive', verdict: 'additive', applied: crds } })),
      activities: {
        ...tool.activities,
        upgradeTool: async ({ change, revisionBefore = 0 }) => {
          tool.release = { revision: revisionBefore + 1, version: change.to.version, status: 'failed' };
          return failWith('ToolFailed', 'helm upgrade: field is immutable.');
        },
      },
    });
    await upgrade.approve('plan');
    const { type, message } = await failed(upgrade);
    expect(type).toBe('ToolFailed');
    expect(message).toContain('field is immutable');
    expect(message).toContain(
      'taken back to what it had at revision 3 (now revision 5), and is as well as before',
    );
    expect(message).toContain('CRDs that were applied for it stay: dnsendpoints.externaldns.k8s.io');
    expect(tool.release).toEqual({ revision: 5, version: '1.14.5', status: 'deployed' });
    expect(tool.crds).toEqual(crds);
    expect(upgrade.changes()).toEqual([
      'applyToolCrds external-dns',
      'upgradeTool external-dns',
      'rollBackTool external-dns',
    ]);
    expect(await settled(upgrade)).toMatchObject({ owed: ['rollBackTool put-back'], stage: 'failed' });
  });

  it('is taken back when what the tool serves is not well in time, and says how it then stands', async ({
    expect,
  }) => {
    const tool = fakeTool();
    tool.problems.set('1.15.0', ['Application shop/web: Degraded, was Healthy']);
    tool.problems.set('1.14.5', ['Application shop/web: Degraded, was Healthy']);
    const upgrade = await workbench().start({ plan: planOf(toolsStage()), activities: tool.activities });
    await upgrade.approve('plan');
    const { type, message } = await failed(upgrade);
    expect(type).toBe('ToolFailed');
    expect(message).toContain('was not well within 15m: Application shop/web: Degraded, was Healthy');
    expect(message).toContain('not as well as before, see to it by hand: Application shop/web');
    expect(tool.release?.version).toBe('1.14.5');
  });

  it('takes what can not be looked at for not well', async ({ expect }) => {
    const tool = fakeTool();
    const blind: ToolVerdict = {
      well: true,
      problems: [],
      problemCount: 0,
      unknown: ['Leases can not be read'],
      evidence: { name: 'tool', key: 't', sha256: 'x', count: 0 },
    };
    const upgrade = await workbench().start({
      plan: planOf(toolsStage()),
      activities: {
        ...tool.activities,
        verifyTool: async (input) =>
          tool.release?.version === '1.15.0' ? blind : tool.activities.verifyTool(input),
      },
    });
    await upgrade.approve('plan');
    expect((await failed(upgrade)).message).toContain('Leases can not be read');
    expect(tool.release?.version).toBe('1.14.5');
  });

  it('changes nothing when the release is not as the plan has it', async ({ expect }) => {
    const tool = fakeTool();
    tool.release = { revision: 4, version: '1.14.6', status: 'deployed' };
    const upgrade = await workbench().start({ plan: planOf(toolsStage()), activities: tool.activities });
    await upgrade.approve('plan');
    expect((await failed(upgrade)).type).toBe('ToolRefused');
    expect(upgrade.changes()).toEqual([]);
    expect(await settled(upgrade)).toMatchObject({ owed: [], stage: 'failed' });
  });

  it('lets helm finish when it is aborted, and takes the release back', async ({ expect }) => {
    const tool = fakeTool();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const upgrade = await workbench().start({
      plan: planOf(toolsStage()),
      activities: {
        ...tool.activities,
        upgradeTool: async (input) => {
          await held;
          return tool.activities.upgradeTool(input);
        },
        requestCancellation: async ({ workflowId, runId }) => {
          await workbench().client.workflow.getHandle(workflowId, runId).cancel();
        },
      },
    });
    await upgrade.approve('plan');
    await upgrade.called('upgradeTool');
    await upgrade.handle.signal('abort', { by: 'on-call' });
    await untilStageTold(upgrade.handle, '1.32/tools/external-dns', 'abort');
    finish();
    await failed(upgrade);
    expect((await upgrade.handle.describe()).status.name).toBe('CANCELLED');
    expect(tool.release).toEqual({ revision: 5, version: '1.14.5', status: 'deployed' });
    const { owed, notes, stage } = await settled(upgrade);
    expect(owed).toEqual(['rollBackTool put-back']);
    expect(notes).toContain('taken back to what it had at revision 3');
    expect(stage).toBe('stopped');
  });

  it('names what could not be put back', async ({ expect }) => {
    const tool = fakeTool();
    tool.problems.set('1.15.0', ['Deployment external-dns/external-dns: 0 of 1 Pods Ready']);
    const upgrade = await workbench().start({
      plan: planOf(toolsStage()),
      activities: {
        ...tool.activities,
        rollBackTool: async () => failWith('ToolFailed', 'helm rollback: no revision 3.'),
      },
    });
    await upgrade.approve('plan');
    expect((await failed(upgrade)).message).toContain(
      'Not put back, see to it by hand: take release external-dns/external-dns of external-dns back to revision 3 (1.14.5). helm rollback: no revision 3.',
    );
    expect((await settled(upgrade)).owed).toEqual(['rollBackTool failed']);
  });

  it('waits by name while an API is out of reach once something was changed, and goes on', async ({
    expect,
  }) => {
    const tool = fakeTool();
    let reachable = false;
    const upgrade = await workbench().start({
      plan: planOf(toolsStage()),
      activities: {
        ...tool.activities,
        verifyTool: async (input) =>
          reachable ? tool.activities.verifyTool(input) : failWith('Unreachable', 'connection refused'),
      },
    });
    await upgrade.approve('plan');
    await upgrade.until('the wait', ({ waits }) => waits.some(({ kind }) => kind === 'connection'));
    reachable = true;
    await upgrade.handle.result();
    expect(await settled(upgrade)).toMatchObject({ waits: [], owed: ['rollBackTool kept'] });
  });

  it('does not begin while it is paused, and then looks at the release anew', async ({ expect }) => {
    const tool = fakeTool();
    let looks = 0;
    let seen: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => (seen = resolve));
    const upgrade = await workbench().start({
      plan: planOf(toolsStage()),
      activities: {
        ...tool.activities,
        prepareTool: async (input) => {
          looks += 1;
          if (looks === 1) await paused;
          return tool.activities.prepareTool(input);
        },
      },
    });
    await upgrade.approve('plan');
    await upgrade.called('prepareTool');
    await upgrade.handle.signal('pause', { by: 'on-call' });
    await untilStageTold(upgrade.handle, '1.32/tools/external-dns', 'pause');
    seen();
    await upgrade.until('a pause', ({ waits }) => waits.some(({ kind }) => kind === 'pause'));
    expect(upgrade.changes()).toEqual([]);
    await upgrade.handle.signal('resume');
    await upgrade.handle.result();
    expect(looks).toBe(2);
    expect(tool.release?.version).toBe('1.15.0');
  });

  describe.concurrent('that Argo CD manages', () => {
    it('is left to Git, and waited for by name', async ({ expect }) => {
      const tool = fakeTool();
      let merge: () => void = () => undefined;
      const merged = new Promise<void>((resolve) => (merge = resolve));
      const upgrade = await workbench().start({
        plan: planOf(toolsStage({ awaitGit: { application } })),
        activities: {
          ...tool.activities,
          awaitToolInGit: async ({ timeoutMs }) => {
            if (timeoutMs === 0) return { state: 'waiting', line: 'Synced at 1.14.5' };
            await merged;
            return { state: 'synced', line: 'Synced and Healthy at 1.15.0' };
          },
        },
        request: { timing: { scale: 0.001, gitTimeout: '30d' } },
      });
      await upgrade.approve('plan');
      const { waits } = await upgrade.until('git', (status) =>
        status.waits.some(({ kind }) => kind === 'git'),
      );
      expect(waits[0]?.what).toContain(application);
      expect(waits[0]?.what).toContain('Synced at 1.14.5');
      merge();
      await upgrade.handle.result();
      expect(upgrade.changes()).toEqual([]);
      expect(await settled(upgrade)).toMatchObject({ waits: [], owed: [], stage: 'done' });
    });

    it('fails when Git has not brought it there in time, with what to do', async ({ expect }) => {
      const tool = fakeTool();
      const upgrade = await workbench().start({
        plan: planOf(toolsStage({ awaitGit: { application } })),
        activities: {
          ...tool.activities,
          awaitToolInGit: async () => ({ state: 'waiting', line: 'OutOfSync' }),
        },
        request: { timing: { scale: 0.001, gitTimeout: '10s' } },
      });
      await upgrade.approve('plan');
      const { type, message } = await failed(upgrade);
      expect(type).toBe('ToolFailed');
      expect(message).toContain('within 10s: OutOfSync');
      expect(upgrade.changes()).toEqual([]);
    });
  });
});
