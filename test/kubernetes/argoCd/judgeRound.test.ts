import { describe, expect, it } from 'vitest';
import { applicationOf } from '../../../src/kubernetes/argoCd/application.ts';
import { judgeRound } from '../../../src/kubernetes/argoCd/judgeRound.ts';
import type { Round } from '../../../src/kubernetes/argoCd/judgeRound.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import { application } from './argoCdFixture.ts';
import type { ApplicationGiven } from './argoCdFixture.ts';

const kept = (name: string, status: string) => ({
  ...{ group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name, status },
});
const outOfSync = { sync: { status: 'OutOfSync', revision: 'b' } };
const synced = { sync: { status: 'Synced', revision: 'b' }, health: { status: 'Healthy' } };
const root = (status: Json) =>
  application('root', { status: { resources: [kept('child', 'Synced')], ...status } });

function judge(bodies: Json[], chosen: [string, string?][]): Round {
  return judgeRound(bodies.map(applicationOf), {
    chosen: new Map(chosen.map(([key, set]) => [key, set])),
    onBlue: [],
    known: {
      blueServer: 'https://blue.example.com',
      blueNames: new Set(),
      ownNames: new Set(['in-cluster']),
      otherNames: new Set(),
    },
    isHeld: () => false,
    begun: new Set(),
    suspendedOnBlue: new Set(),
  });
}

const startable = ({ startable: found }: Round) => found.map(({ name }) => name);

describe('a look at the Applications of Argo CD', () => {
  it('takes in children, and counts who is well', () => {
    const round = judge([root(synced), application('child', { status: synced })], [['argocd/root']]);
    expect(round).toEqual({ wellCount: 2, count: 2, startable: [], open: [] });
  });

  it('leaves alone what is neither chosen nor comes by it', () => {
    expect(judge([application('other', { status: outOfSync })], [])).toMatchObject({
      count: 0,
      startable: [],
    });
  });

  it.each<[string, Json, string[]]>([
    [
      'that is due again, whatever came before',
      { ...outOfSync, operationState: { phase: 'Succeeded' } },
      ['root'],
    ],
    ['whose sync runs', { ...outOfSync, operationState: { phase: 'Running' } }, ['child']],
    [
      'that was synced there',
      { ...outOfSync, operationState: { phase: 'Succeeded', syncResult: { revision: 'b' } } },
      ['child'],
    ],
  ])('begins with a parent, or goes on to its child: %s', (_, status, expected) => {
    const differing = { ...status, resources: [kept('child', 'OutOfSync')] };
    const round = judge([root(differing), application('child', { status: outOfSync })], [['argocd/root']]);
    expect(startable(round)).toEqual(expected);
  });

  it('says who is waited for', () => {
    const round = judge([root(outOfSync), application('child', { status: outOfSync })], [['argocd/root']]);
    expect(round.open.map(({ line, isMoving }) => [line, isMoving])).toEqual([
      ['OutOfSync at b', true],
      ['OutOfSync at b; it waits for Application argocd/root, which comes before it', false],
    ]);
  });

  it.each<[string, ApplicationGiven['destination'], RegExp | undefined]>([
    [
      'of the old cluster can only be mended in Git',
      { server: 'https://blue.example.com' },
      /change it there/,
    ],
    ['of a third cluster is not synced', { server: 'https://other.example.com' }, undefined],
  ])('an Application %s', (_, destination, line) => {
    const round = judge(
      [application('web', { ...(destination === undefined ? {} : { destination }), status: outOfSync })],
      [['argocd/web']],
    );
    expect(startable(round)).toEqual([]);
    if (line === undefined) expect(round.wellCount).toBe(1);
    else expect(round.open).toMatchObject([{ isMoving: false, line: expect.stringMatching(line) as string }]);
  });

  it('waits for what an ApplicationSet has not made yet', () => {
    expect(judge([], [['argocd/web', 'all']]).open).toEqual([
      {
        key: 'argocd/web',
        line: 'it is not on the new cluster: ApplicationSet all has not made it yet',
        isMoving: true,
      },
    ]);
  });
});
