import type { Addon, CreateAddonRequest } from '@aws-sdk/client-eks';
import { expect, it } from 'vitest';
import { copyAddon } from '../../src/platform/eks/greenAddons.ts';

const notes = { 'stepladder/made-by': 'm' };
const copy = { like: 'blue', name: 'x', version: 'v2', notes, token: 't' };
const bare: CreateAddonRequest = {
  clusterName: 'green',
  addonName: 'x',
  addonVersion: 'v2',
  clientRequestToken: 't',
  resolveConflicts: 'OVERWRITE',
  tags: notes,
};
const pods = { serviceAccount: 'x', roleArn: 'arn:aws:iam::1:role/x' };

it.each<[string, Addon, (typeof pods)[], Partial<CreateAddonRequest>]>([
  ['nothing but its name and the new version', { addonVersion: 'v1' }, [], {}],
  ['its configuration', { configurationValues: '{"a":1}' }, [], { configurationValues: '{"a":1}' }],
  ['no configuration that is empty', { configurationValues: '' }, [], {}],
  ['its role', { serviceAccountRoleArn: 'arn:role' }, [], { serviceAccountRoleArn: 'arn:role' }],
  ['its Pod identities', {}, [pods], { podIdentityAssociations: [pods] }],
  ['its namespace', { namespaceConfig: { namespace: 'own' } }, [], { namespaceConfig: { namespace: 'own' } }],
  ['no namespace that is the usual one', { namespaceConfig: { namespace: 'kube-system' } }, [], {}],
  ['its tags', { tags: { team: 'a', 'aws:x': 'y' } }, [], { tags: { team: 'a', ...notes } }],
])('an add-on that is made like another has %s', (_what, like, identities, expected) => {
  expect(copyAddon('green', like, identities, copy)).toEqual({ ...bare, ...expected });
});
