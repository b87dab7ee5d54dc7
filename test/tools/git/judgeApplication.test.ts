import { describe, expect, it } from 'vitest';
import { judgeApplication } from '../../../src/tools/git/judgeApplication.ts';
import type { SeenApplication } from '../../../src/tools/git/judgeApplication.ts';

const wanted = { version: '1.15.0', appVersion: '0.15.0' };
const image = (tag: string) => `registry.k8s.io/external-dns/external-dns:${tag}`;

function application(
  revision: string | undefined,
  more: Partial<NonNullable<SeenApplication['status']>> = {},
): SeenApplication {
  return { status: { sync: { status: 'Synced', revision }, health: { status: 'Healthy' }, ...more } };
}

describe('whether Git has brought a tool to its version', () => {
  it.each<[string, SeenApplication, string, string]>([
    ['the chart’s version is the revision', application('1.15.0'), 'synced', 'Synced, Healthy, at 1.15.0'],
    ['with a v', application('v1.15.0'), 'synced', 'at 1.15.0'],
    [
      'one of several sources has it',
      application(undefined, { sync: { status: 'Synced', revisions: ['3f2a9c1', '1.15.0'] } }),
      'synced',
      'at 1.15.0',
    ],
    [
      'a commit, and the image has the app’s version',
      application('3f2a9c1', { summary: { images: [image('v0.15.0')] } }),
      'synced',
      'at 1.15.0',
    ],
    [
      'an image by digest too',
      application('3f2a9c1', { summary: { images: [`${image('v0.15.0')}@sha256:00`] } }),
      'synced',
      'at 1.15.0',
    ],
    ['the old version', application('1.14.5'), 'waiting', 'not at 1.15.0 (revision 1.14.5)'],
    [
      'a commit with the old image',
      application('3f2a9c1', { summary: { images: [image('v0.14.2')] } }),
      'waiting',
      `images ${image('v0.14.2')}`,
    ],
    [
      'the port of a registry is no tag',
      application('3f2a9c1', { summary: { images: ['registry:0.15.0/external-dns'] } }),
      'waiting',
      'not at 1.15.0',
    ],
    [
      'not in sync',
      application('1.15.0', { sync: { status: 'OutOfSync', revision: '1.15.0' } }),
      'waiting',
      'OutOfSync',
    ],
    [
      'not healthy yet',
      application('1.15.0', { health: { status: 'Progressing' } }),
      'waiting',
      'Progressing',
    ],
    [
      'still syncing',
      application('1.15.0', { operationState: { phase: 'Running' } }),
      'waiting',
      'an operation is running',
    ],
    ['nothing known', {}, 'waiting', 'not compared yet, health unknown'],
  ])('%s', (_, seen, state, line) => {
    const judged = judgeApplication(seen, wanted);
    expect(judged.state).toBe(state);
    expect(judged.line).toContain(line);
  });

  it('does not take any image for proof where the app’s version is not known', () => {
    const seen = application('3f2a9c1', { summary: { images: [image('v0.15.0')] } });
    expect(judgeApplication(seen, { version: '1.15.0' }).state).toBe('waiting');
  });
});
