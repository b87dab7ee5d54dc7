import type { Nodegroup } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { copyNodeGroup } from '../../src/platform/eks/copyNodeGroup.ts';
import type { NodeGroupCopy } from '../../src/platform/platform.ts';

const like: Nodegroup = {
  nodegroupName: 'blue',
  version: '1.31',
  releaseVersion: '1.31.7-20250610',
  status: 'ACTIVE',
  amiType: 'AL2023_x86_64_STANDARD',
  capacityType: 'SPOT',
  instanceTypes: ['m6i.large', 'm5.large'],
  subnets: ['subnet-a', 'subnet-b'],
  nodeRole: 'arn:aws:iam::111122223333:role/nodes',
  scalingConfig: { minSize: 1, maxSize: 9, desiredSize: 3 },
  labels: { workload: 'general' },
  taints: [{ key: 'team', value: 'shop', effect: 'NO_SCHEDULE' }],
  diskSize: 50,
  remoteAccess: { ec2SshKey: 'key' },
  updateConfig: { maxUnavailable: 2 },
  nodeRepairConfig: { enabled: true },
  tags: {
    team: 'shop',
    'aws:cloudformation:stack-name': 'x',
    'stepladder/size-before': 'min=1 max=2 desired=1',
  },
};
const copy: NodeGroupCopy = {
  like: 'blue',
  name: 'blue-1-32',
  to: '1.32',
  size: { min: 1, max: 9, desired: 4 },
  notes: { 'stepladder/made-by': 'upgrade' },
  token: 'token',
};
const template = { id: 'lt-1', name: 'own', version: '3' };

describe('a node group like another', () => {
  it('takes over all that makes its nodes what they are, and no release of an image', () => {
    expect(copyNodeGroup('demo', like, copy)).toEqual({
      clusterName: 'demo',
      nodegroupName: 'blue-1-32',
      clientRequestToken: 'token',
      version: '1.32',
      amiType: like.amiType,
      capacityType: 'SPOT',
      instanceTypes: like.instanceTypes,
      subnets: like.subnets,
      nodeRole: like.nodeRole,
      scalingConfig: { minSize: 1, maxSize: 9, desiredSize: 4 },
      labels: like.labels,
      taints: like.taints,
      diskSize: 50,
      remoteAccess: like.remoteAccess,
      updateConfig: { maxUnavailable: 2 },
      nodeRepairConfig: { enabled: true },
      warmPoolConfig: undefined,
      tags: { team: 'shop', 'stepladder/made-by': 'upgrade' },
    });
  });

  it('gives nothing beside a launch template that must stand in it, and names the template by its ID', () => {
    const made = copyNodeGroup('demo', { ...like, launchTemplate: template }, copy);
    expect(made.launchTemplate).toEqual({ id: 'lt-1', version: '3' });
    expect(made).not.toHaveProperty('diskSize');
    expect(made).not.toHaveProperty('remoteAccess');
    expect(made).toMatchObject({ version: '1.32', amiType: like.amiType });
  });

  it('goes to the launch template version that is given, without a version where the template brings the image', () => {
    const own = { ...like, amiType: 'CUSTOM' as const, launchTemplate: template };
    const made = copyNodeGroup('demo', own, { ...copy, templateVersion: '4' });
    expect(made.launchTemplate).toEqual({ id: 'lt-1', version: '4' });
    expect(made).not.toHaveProperty('version');
    expect(made).not.toHaveProperty('amiType');
  });

  it('is not made where it would bring the old image back', () => {
    const own = { ...like, amiType: 'CUSTOM' as const, launchTemplate: template };
    expect(() => copyNodeGroup('demo', own, copy)).toThrow(
      expect.objectContaining({ type: 'PlatformRefused', message: expect.stringContaining('1.32') }),
    );
  });

  it('has other update settings where those are given', () => {
    const made = copyNodeGroup('demo', like, { ...copy, updateSettings: { maxUnavailable: 1 } });
    expect(made.updateConfig).toEqual({ maxUnavailable: 1 });
  });
});
