import { describe, expect, it } from 'vitest';
import {
  blueStatements,
  distrustingGreen,
  isSamePolicy,
  lengthObstacle,
  ownSid,
  trustingGreen,
} from '../../../src/platform/eks/roles/greenTrust.ts';
import { readTrustPolicy, statementsOf } from '../../../src/platform/eks/roles/trustPolicy.ts';
import { blue, ec2, green, other, policy, sid, usual } from './policies.ts';

const by = { blue, green, sid };
const added = (statement: object, name = sid) => ({ Sid: name, ...statement });

describe('telling a policy of green', () => {
  it.each([
    ['one statement', policy(usual(blue)), [added(usual(green))]],
    ['a statement among others', policy(ec2, usual(blue), usual(other)), [added(usual(green))]],
    [
      'two statements, each with a Sid of its own',
      policy(usual(blue), usual(blue, 'shop:mailer')),
      [added(usual(green)), added(usual(green, 'shop:mailer'), `${sid}n2`)],
    ],
    ['the same said twice, once', policy(usual(blue), usual(blue)), [added(usual(green))]],
    ['a statement with a Sid', policy({ Sid: 'Orders', ...usual(blue) }), [added(usual(green))]],
    [
      'patterns, and other operators',
      policy({
        ...usual(blue),
        Condition: {
          StringLike: {
            [`${blue.name}:sub`]: ['system:serviceaccount:shop:*', 'system:serviceaccount:web:*'],
          },
          'ForAnyValue:StringEquals': { [`${blue.name}:aud`]: 'sts.amazonaws.com' },
        },
      }),
      [
        added({
          ...usual(green),
          Condition: {
            StringLike: {
              [`${green.name}:sub`]: ['system:serviceaccount:shop:*', 'system:serviceaccount:web:*'],
            },
            'ForAnyValue:StringEquals': { [`${green.name}:aud`]: 'sts.amazonaws.com' },
          },
        }),
      ],
    ],
    [
      'conditions that are about no issuer, as they are',
      policy({
        ...usual(blue),
        Condition: { ...usual(blue).Condition, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      }),
      [
        added({
          ...usual(green),
          Condition: { ...usual(green).Condition, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
        }),
      ],
    ],
    [
      'keys in another case',
      policy({
        ...usual(blue),
        Condition: {
          StringEquals: { [`${blue.name.toUpperCase()}:sub`]: 'system:serviceaccount:shop:orders' },
        },
      }),
      [
        added({
          ...usual(green),
          Condition: { StringEquals: { [`${green.name}:sub`]: 'system:serviceaccount:shop:orders' } },
        }),
      ],
    ],
    [
      'a statement without conditions, and with more actions',
      policy({
        Effect: 'Allow',
        Principal: { Federated: blue.providerArn },
        Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
      }),
      [
        added({
          Effect: 'Allow',
          Principal: { Federated: green.providerArn },
          Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
        }),
      ],
    ],
    [
      'a statement with more principals: of green alone',
      policy({
        ...usual(blue),
        Principal: { Federated: [blue.providerArn, other.providerArn], AWS: '111122223333' },
      }),
      [added(usual(green))],
    ],
  ])('adds to %s', (_what, before, wanted) => {
    const after = trustingGreen(before, by);
    expect(after === undefined ? undefined : statementsOf(after)).toEqual([
      ...statementsOf(before),
      ...wanted,
    ]);
    // What was there stays as it is, to the letter.
    expect(JSON.stringify(after).startsWith(JSON.stringify(before).slice(0, -2))).toBe(true);
    // Twice is once, and taken back is as it was.
    expect(after === undefined ? 'none' : trustingGreen(after, by)).toBeUndefined();
    expect(after === undefined ? 'none' : distrustingGreen(after, sid)).toEqual(before);
  });

  it('takes a statement for a list of one', () => {
    const single = { Version: '2012-10-17', Statement: usual(blue) };
    const after = trustingGreen(single, by);
    expect(after?.Statement).toEqual([usual(blue), added(usual(green))]);
    const back = after === undefined ? undefined : distrustingGreen(after, sid);
    expect(back === undefined ? false : isSamePolicy(back, single)).toBe(true);
  });

  it.each([
    ['in the same words', usual(green)],
    ['under a Sid', { Sid: 'ByHand', ...usual(green) }],
    [
      'in another order, and with lists of one',
      {
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: {
          StringEquals: {
            [`${green.name}:aud`]: ['sts.amazonaws.com'],
            [`${green.name}:sub`]: 'system:serviceaccount:shop:orders',
          },
        },
        Effect: 'Allow',
        Principal: { Federated: [green.providerArn] },
      },
    ],
  ])('adds nothing where somebody has said it %s, and never takes that away', (_how, theirs) => {
    const told = policy(usual(blue), theirs);
    expect(trustingGreen(told, by)).toBeUndefined();
    expect(distrustingGreen(told, sid)).toBeUndefined();
  });

  it('adds what is missing where something else is said of green', () => {
    const told = policy(usual(blue), usual(green, 'web:front'));
    expect(trustingGreen(told, by)?.Statement).toEqual([
      usual(blue),
      usual(green, 'web:front'),
      added(usual(green)),
    ]);
  });

  it('replaces what was said of a green of the same name that is no more', () => {
    const stale = policy(usual(blue), added(usual(other)), ec2);
    expect(trustingGreen(stale, by)?.Statement).toEqual([usual(blue), ec2, added(usual(green))]);
  });

  it('takes back only what is said of that green', () => {
    const another = ownSid('arn:aws:eks:eu-west-1:111122223333:cluster/prod-1-35');
    const both = policy(usual(blue), added(usual(green)), added(usual(green, 'a:b'), `${sid}n2`), {
      Sid: another,
      ...usual(other),
    });
    expect(distrustingGreen(both, sid)?.Statement).toEqual([usual(blue), { Sid: another, ...usual(other) }]);
  });
});

describe('a policy that names blue otherwise', () => {
  it.each([
    ['in a denial', { ...usual(blue), Effect: 'Deny' }, /has the effect Deny/],
    [
      'in whom it is not for',
      { Effect: 'Allow', NotPrincipal: { Federated: blue.providerArn }, Action: '*' },
      /NotPrincipal/,
    ],
    [
      'in a condition on everybody',
      { ...usual(blue), Principal: '*' },
      /elsewhere than as its Federated principal/,
    ],
    [
      'with the provider of another account',
      { ...usual(blue), Principal: { Federated: blue.providerArn.replace('1111', '9999') } },
      /elsewhere than as its Federated principal/,
    ],
    [
      'in a value',
      { ...usual(blue), Condition: { StringEquals: { 'aws:FederatedProvider': blue.providerArn } } },
      /names it in a value/,
    ],
    [
      'together with another issuer',
      {
        ...usual(blue),
        Condition: { StringEquals: { [`${blue.name}:sub`]: 'a', [`${other.name}:sub`]: 'b' } },
      },
      /a condition on another issuer/,
    ],
    [
      'together with the issuer of somebody else',
      { ...usual(blue), Condition: { StringEquals: { 'accounts.google.com:aud': 'b' } } },
      /a condition on another issuer, accounts.google.com:aud/,
    ],
  ])('is not carried over: %s', (_how, statement, why) => {
    const found = blueStatements(policy(ec2, { Sid: 'Odd', ...statement }), blue);
    expect(found).toMatchObject({ why: expect.stringMatching(why), blocks: false });
    expect(found).toMatchObject({ why: expect.stringContaining('statement Odd') });
    expect(() => trustingGreen(policy(statement), by)).toThrow(TypeError);
  });

  it('may not name it at all, which is told', () => {
    expect(blueStatements(policy(ec2, usual(other)), blue)).toMatchObject({
      why: expect.stringMatching(/does not name the old cluster's OIDC issuer/),
      remedy: expect.stringContaining('eks.amazonaws.com/role-arn'),
    });
  });
});

describe('the length of a policy', () => {
  const long = (characters: number) => policy({ ...ec2, Sid: 'x'.repeat(characters) });

  it.each([
    ['short ones', long(10), long(1_000), undefined],
    ['one beyond what accounts may usually have', long(10), long(2_100), /2048 unless the account's quota/],
    ['one of an account whose quota was raised', long(2_500), long(2_400), undefined],
    ['one beyond what AWS takes', long(3_000), long(4_100), /4096 at most/],
  ])('of %s', (_what, before, after, why) => {
    const obstacle = lengthObstacle(before, after);
    if (why === undefined) expect(obstacle).toBeUndefined();
    else expect(obstacle).toMatchObject({ why: expect.stringMatching(why), blocks: true });
  });
});

describe('reading a policy', () => {
  it('knows it URL-encoded, as IAM gives it, and keeps the order of its fields', () => {
    const text = JSON.stringify({ Version: '2012-10-17', Id: 'a b', Statement: [usual(blue)] });
    expect(JSON.stringify(readTrustPolicy(encodeURIComponent(text)))).toBe(text);
    expect(JSON.stringify(readTrustPolicy(text))).toBe(text);
  });

  it.each(['', 'nonsense', '%7B', '{}', '{"Statement":[{"Principal":"*"}]}', '%E0%A4%A'])(
    'says that "%s" is none',
    (text) => {
      expect(readTrustPolicy(text)).toBeUndefined();
    },
  );
});

it('names statements after the whole of a cluster, not its name alone', () => {
  const one = ownSid('arn:aws:eks:eu-west-1:111122223333:cluster/prod');
  expect(one).toMatch(/^StepladderGreen[0-9a-f]{8}$/);
  expect(ownSid('arn:aws:eks:eu-west-2:111122223333:cluster/prod')).not.toBe(one);
});
