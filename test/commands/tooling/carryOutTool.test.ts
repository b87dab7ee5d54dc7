import { describe, expect, it } from 'vitest';
import type { ToolActivities } from '../../../src/activities/toolTypes.ts';
import { carryOutTool } from '../../../src/commands/tooling/carryOutTool.ts';
import type { ToolChange } from '../../../src/contract/tools.ts';
import { fakeTool, toolsStage } from '../../workflows/fakeTool.ts';
import type { FakeTool } from '../../workflows/fakeTool.ts';

function planned(changes: Partial<ToolChange> = {}): ToolChange {
  const { stage: _, ...change } = toolsStage(changes);
  return change;
}

/** Runs the change of a tool in memory. `stopAt` is the activity during which a person breaks it off. */
async function run(
  tool: FakeTool,
  {
    change = planned(),
    activities = {},
    stopAt,
  }: { change?: ToolChange; activities?: Partial<ToolActivities>; stopAt?: keyof ToolActivities } = {},
) {
  const controller = new AbortController();
  const calls: string[] = [];
  const all = { ...tool.activities, ...activities };
  const recorded = Object.fromEntries(
    Object.entries(all).map(([name, activity]) => [
      name,
      async (input: never) => {
        calls.push(name);
        if (name === stopAt) controller.abort(new Error('told to stop'));
        return (activity as (input: never) => Promise<unknown>)(input);
      },
    ]),
  ) as unknown as ToolActivities;
  const identity = { arn: 'arn', endpoint: 'https://127.0.0.1:6443', certificateAuthoritySha256: 'c0ffee' };
  const ending = await carryOutTool({
    activities: recorded,
    step: { context: { cluster: { name: 'shop' }, identity, evidencePrefix: 'shop/tool' }, change },
    upgrade: 'by hand',
    limits: { timeoutMs: 1, settleMs: 1, pollMs: 1 },
    stop: controller.signal,
    breakable: async (look) => {
      const result = await look();
      controller.signal.throwIfAborted();
      return result;
    },
    note: () => undefined,
  });
  return { ending, calls };
}

describe('a tool that is changed by the command line', () => {
  it('is looked at, changed, and looked at again', async () => {
    const tool = fakeTool();
    const { ending, calls } = await run(tool);
    expect(calls).toEqual(['prepareTool', 'upgradeTool', 'verifyTool']);
    expect(ending).toEqual({ outcome: 'done', revision: 4, stands: 'Revision 4 is deployed and well.' });
    expect(tool.release?.version).toBe('1.15.0');
  });

  it('is left alone when it may not be changed', async () => {
    const tool = fakeTool();
    tool.release = { revision: 9, version: '1.14.9', status: 'deployed' };
    const { ending, calls } = await run(tool);
    expect(calls).toEqual(['prepareTool']);
    expect(ending).toMatchObject({ outcome: 'failed', stands: 'Nothing was changed.' });
    expect(ending.why).toContain('another revision');
  });

  it('is taken back when it is not well, its CRDs staying', async () => {
    const tool = fakeTool();
    tool.problems.set('1.15.0', ['Lease external-dns: nobody renews it']);
    const crds = { policy: 'additive' as const, verdict: 'additive' as const, applied: ['a.example.com'] };
    const { ending, calls } = await run(tool, { change: planned({ crds }) });
    expect(calls).toEqual([
      ...['prepareTool', 'applyToolCrds', 'upgradeTool', 'verifyTool'],
      ...['rollBackTool', 'verifyTool'],
    ]);
    expect(ending).toMatchObject({ outcome: 'failed', revision: 5 });
    expect(ending.why).toContain('Lease external-dns: nobody renews it');
    expect(ending.stands).toContain('at revision 3 again (now revision 5), and is as well as before.');
    expect(ending.stands).toContain('stay: a.example.com');
    expect(tool.release?.version).toBe('1.14.5');
  });

  it('is not taken for well when something could not be looked at', async () => {
    const tool = fakeTool();
    const verifyTool: ToolActivities['verifyTool'] = async (input) => ({
      ...(await tool.activities.verifyTool(input)),
      unknown: tool.release?.version === '1.15.0' ? ['Events can not be read'] : [],
    });
    const { ending } = await run(tool, { activities: { verifyTool } });
    expect(ending.why).toContain('Events can not be read');
    expect(tool.release?.version).toBe('1.14.5');
  });

  it('is told how to take it back by hand when that fails', async () => {
    const tool = fakeTool();
    tool.problems.set('1.15.0', ['x']);
    const rollBackTool = async () => Promise.reject(new Error('The API server is away.'));
    const { ending } = await run(tool, { activities: { rollBackTool } });
    expect(ending.stands).toContain(
      'The API server is away. See to it by hand: `helm rollback external-dns 3 -n',
    );
    expect(ending.revision).toBeUndefined();
  });

  it('is uninstalled again when a first installation is not well', async () => {
    const tool = fakeTool();
    tool.release = undefined;
    const { from: _, ...change } = planned();
    tool.problems.set('1.15.0', ['Deployment external-dns/external-dns: 0 of 1 Pods Ready']);
    const { ending } = await run(tool, { change });
    expect(ending).toMatchObject({
      outcome: 'failed',
      stands: 'Release external-dns/external-dns was uninstalled again.',
    });
    expect(tool.release).toBeUndefined();
  });

  describe('and broken off', () => {
    it('before anything was changed, is left as it is', async () => {
      const tool = fakeTool();
      const { ending, calls } = await run(tool, { stopAt: 'prepareTool' });
      expect(calls).toEqual(['prepareTool']);
      expect(ending).toMatchObject({ outcome: 'stopped', stands: 'Nothing was changed.' });
    });

    it('while helm runs, is let finish and taken back', async () => {
      const tool = fakeTool();
      const { ending, calls } = await run(tool, { stopAt: 'upgradeTool' });
      expect(calls).toEqual(['prepareTool', 'upgradeTool', 'rollBackTool', 'verifyTool']);
      expect(ending.outcome).toBe('stopped');
      expect(tool.release).toEqual({ revision: 5, version: '1.14.5', status: 'deployed' });
    });

    it('while its CRDs are applied, does not go on to the chart', async () => {
      const tool = fakeTool();
      const crds = { policy: 'allow' as const, verdict: 'breaking' as const, applied: ['a.example.com'] };
      const { calls, ending } = await run(tool, { change: planned({ crds }), stopAt: 'applyToolCrds' });
      expect(calls).toEqual(['prepareTool', 'applyToolCrds', 'rollBackTool', 'verifyTool']);
      expect(ending.stands).toContain('stay: a.example.com');
    });

    it('while it is looked at, is taken back', async () => {
      const tool = fakeTool();
      const { ending } = await run(tool, { stopAt: 'verifyTool' });
      expect(ending).toMatchObject({ outcome: 'stopped', why: 'It was broken off.' });
      expect(tool.release?.version).toBe('1.14.5');
    });
  });
});
