import { describe, expect, it } from 'vitest';
import { parseAwsAuth } from '../../src/kubernetes/awsAuth.ts';

const nodes = `- rolearn: arn:aws:iam::1:role/nodes
  username: system:node:{{EC2PrivateDNSName}}
  groups: [system:bootstrappers, system:nodes]
`;

describe('who comes in by aws-auth', () => {
  it.each([
    ['nobody', {}, { principals: [], accounts: [], unreadable: [] }],
    ['nodes only', { mapRoles: nodes }, { principals: [], accounts: [], unreadable: [] }],
    [
      'roles, users and accounts',
      {
        mapRoles: `${nodes}- rolearn: arn:aws:iam::1:role/admins\n  groups:\n  - system:masters\n`,
        mapUsers: '- userarn: arn:aws:iam::1:user/ann\n  username: ann\n',
        mapAccounts: '- "123456789012"\n- 210987654321\n',
      },
      {
        principals: ['arn:aws:iam::1:role/admins', 'arn:aws:iam::1:user/ann'],
        accounts: ['123456789012', '210987654321'],
        unreadable: [],
      },
    ],
    [
      'who is named in a part that is no YAML',
      { mapRoles: '{', mapUsers: 'x: y', mapAccounts: '' },
      { principals: [], accounts: [], unreadable: ['mapRoles', 'mapUsers'] },
    ],
  ])('%s', (_who, data, expected) => {
    expect(parseAwsAuth(data)).toEqual(expected);
  });
});
