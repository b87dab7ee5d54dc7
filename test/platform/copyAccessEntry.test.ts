import type { AccessEntry, CreateAccessEntryRequest } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { copyAccessEntry, isMadeByEks } from '../../src/platform/eks/copyAccessEntry.ts';

const role = 'arn:aws:iam::123456789012:role/team/operators';
const nodes = 'arn:aws:iam::123456789012:role/nodes';
const notes = { 'stepladder/made-by': 'm' };

const copied = (like: AccessEntry, principal = role): CreateAccessEntryRequest =>
  copyAccessEntry('green', like, { like: 'blue', principal, complete: false, notes, token: 't' });

describe('an access entry that is made like another', () => {
  const base = { clusterName: 'green', clientRequestToken: 't', tags: notes };
  it.each<[string, AccessEntry, Partial<CreateAccessEntryRequest>]>([
    [
      'has its groups and tags, and the name that EKS makes itself',
      {
        type: 'STANDARD',
        kubernetesGroups: ['operators'],
        username: 'arn:aws:sts::123456789012:assumed-role/operators/{{SessionName}}',
        tags: { team: 'a', 'aws:x': 'y', 'stepladder/made-by': 'before' },
      },
      { type: 'STANDARD', kubernetesGroups: ['operators'], tags: { team: 'a', ...notes } },
    ],
    [
      'has a name that somebody has given it',
      { type: 'STANDARD', kubernetesGroups: [], username: 'operator:{{SessionName}}' },
      { type: 'STANDARD', username: 'operator:{{SessionName}}' },
    ],
    [
      'of nodes has neither groups nor a name, which EKS gives',
      {
        type: 'EC2_LINUX',
        kubernetesGroups: ['system:nodes'],
        username: 'system:node:{{EC2PrivateDNSName}}',
      },
      { type: 'EC2_LINUX' },
    ],
  ])('%s', (_what, like, expected) => {
    expect(copied(like)).toEqual({ ...base, principalArn: role, ...expected });
  });

  it("has a user's name made from the user", () => {
    const user = 'arn:aws:iam::123456789012:user/auditor';
    expect(copied({ type: 'STANDARD', username: user }, user)).not.toHaveProperty('username');
  });
});

describe('who is let in by EKS itself', () => {
  const service =
    'arn:aws:iam::123456789012:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS';
  it.each<[string, AccessEntry, boolean]>([
    ['people', { principalArn: role, type: 'STANDARD' }, false],
    ['nodes of node groups', { principalArn: nodes, type: 'EC2_LINUX' }, true],
    ['nodes of EKS Auto Mode', { principalArn: nodes, type: 'EC2' }, true],
    ["Karpenter's nodes", { principalArn: role, type: 'EC2_LINUX' }, false],
    ['hybrid nodes', { principalArn: role, type: 'HYBRID_LINUX' }, false],
    ['Fargate', { principalArn: role, type: 'FARGATE_LINUX' }, true],
    ["AWS's services", { principalArn: service, type: 'STANDARD' }, true],
    ['people with the role of nodes', { principalArn: nodes, type: 'STANDARD' }, false],
  ])('%s', (_who, entry, made) => {
    expect(isMadeByEks(entry, new Set([nodes]))).toBe(made);
  });
});
