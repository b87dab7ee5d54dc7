import { describe, expect, it } from 'vitest';
import { admits } from '../../../src/platform/eks/roles/admits.ts';
import { judgeRole } from '../../../src/platform/eks/roles/judgeRole.ts';
import { blue, ec2, green, other, policy, sid, usual } from './policies.ts';

const serviceAccounts = ['shop/orders'];
const pattern = (value: string) => ({
  ...usual(green),
  Condition: { StringLike: { [`${green.name}:sub`]: value } },
});

describe('how a role stands to green', () => {
  it.each([
    ['can be told before green is there', policy(usual(blue)), undefined, 'can-be-told'],
    ['can be told of green', policy(usual(blue)), green, 'can-be-told'],
    ['trusts it in the same words', policy(usual(blue), usual(green)), green, 'trusts-green'],
    [
      'trusts it in other words that let the same in',
      policy(usual(blue), pattern('system:serviceaccount:shop:*')),
      green,
      'trusts-green',
    ],
    [
      'trusts only others of it',
      policy(usual(blue), pattern('system:serviceaccount:web:*')),
      green,
      'can-be-told',
    ],
    ['trusts another issuer only', policy(ec2, usual(other)), green, 'unclear'],
    ['names blue in a denial', policy(usual(blue), { ...usual(blue), Effect: 'Deny' }), green, 'unclear'],
    [
      'has no room for more',
      policy(...Array.from({ length: 6 }, (_, index) => usual(blue, `shop:account-${index}`))),
      undefined,
      'unclear',
    ],
  ])('%s', (_what, found, to, state) => {
    expect(judgeRole(found, { blue, green: to, sid, serviceAccounts }).state).toBe(state);
  });

  it('is known to block where AWS would refuse the longer policy', () => {
    const full = policy(...Array.from({ length: 4 }, (_, index) => usual(blue, `shop:account-${index}`)));
    expect(judgeRole(full, { blue, sid, serviceAccounts })).toMatchObject({
      blocks: true,
      remedy: expect.stringContaining('quota'),
    });
  });
});

describe('who may assume a role', () => {
  it.each([
    ['by its name', usual(green), true],
    ['by a pattern', pattern('system:serviceaccount:*:orders'), true],
    ['by one character', pattern('system:serviceaccount:shop:order?'), true],
    ['whoever it is', { ...usual(green), Condition: {} }, true],
    ['by any action', { ...usual(green), Action: 'sts:*' }, true],
    ['not by another action', { ...usual(green), Action: 'sts:AssumeRole' }, false],
    ['not by a name as a pattern where none is meant', usual(green, 'shop:*'), false],
    ['not by dots as any character', pattern('system.serviceaccount:shop:orders'), false],
    [
      'not under a condition that nobody can judge',
      { ...usual(green), Condition: { Bool: { [`${green.name}:sub`]: 'true' } } },
      false,
    ],
    [
      'not for another audience',
      { ...usual(green), Condition: { StringEquals: { [`${green.name}:aud`]: 'me' } } },
      false,
    ],
    ['not of another cluster', usual(blue), false],
  ])('%s', (_how, statement, wanted) => {
    expect(admits(policy(statement), green, 'shop/orders')).toBe(wanted);
  });

  it('is not said where anything is denied', () => {
    const denied = policy(usual(green), { Effect: 'Deny', Principal: '*', Action: 'sts:*' });
    expect(admits(denied, green, 'shop/orders')).toBe(false);
  });
});
