import { describe, expect, it } from 'vitest';
import { toolsInGitActivity } from '../../src/activities/toolsInGit.ts';
import type { ToolActivities } from '../../src/activities/toolTypes.ts';
import { fakeConnection } from '../kubernetes/fakeConnection.ts';
import { toolsStage } from '../workflows/fakeTool.ts';
import { activityEnvironment } from './environment.ts';

const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/external-dns';
const { stage: _, ...change } = toolsStage({ awaitGit: { application: 'argocd/external-dns' } });

const application = (revision: string) => ({
  status: { sync: { status: 'Synced', revision }, health: { status: 'Healthy' } },
});

function awaitInGit(routes: Record<string, unknown>, timeoutMs: number) {
  const { awaitToolInGit } = toolsInGitActivity({
    clusters: { open: async () => ({ kubernetes: fakeConnection(routes) }) },
  });
  type Input = Parameters<ToolActivities['awaitToolInGit']>[0];
  const input: Input = { context: {} as Input['context'], change, timeoutMs, pollMs: 1 };
  return activityEnvironment().run(() => awaitToolInGit(input));
}

describe('waiting for Git', () => {
  it('ends when the Application has the version', async () => {
    let looks = 0;
    const routes = {
      [path]: () => {
        looks += 1;
        return application(looks < 3 ? '1.14.5' : '1.15.0');
      },
    };
    expect(await awaitInGit(routes, 60_000)).toMatchObject({ state: 'synced' });
    expect(looks).toBe(3);
  });

  it('looks once when there is no time, and says how it stands', async () => {
    expect(await awaitInGit({ [path]: application('1.14.5') }, 0)).toEqual({
      state: 'waiting',
      line: 'Synced, Healthy, not at 1.15.0 (revision 1.14.5)',
    });
  });

  it('does not wait for an Application that is gone', async () => {
    await expect(awaitInGit({}, 60_000)).rejects.toMatchObject({
      type: 'ToolRefused',
      message: expect.stringContaining('Application argocd/external-dns') as unknown,
    });
  });
});
