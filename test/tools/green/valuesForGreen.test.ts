import { describe, expect, it } from 'vitest';
import { namesBlue, valuesForGreen } from '../../../src/tools/green/valuesForGreen.ts';

const blue = { name: 'prod', arn: 'arn:aws:eks:eu-west-1:1:cluster/prod', endpoint: 'https://blue.example' };
const green = {
  name: 'prod-1-34',
  arn: 'arn:aws:eks:eu-west-1:1:cluster/prod-1-34',
  endpoint: 'https://green.example',
};

describe('values of a release for another cluster', () => {
  it.each([
    ['the name of the cluster', { clusterName: 'prod' }, { clusterName: 'prod-1-34' }],
    [
      'the name of the cluster, deep inside',
      { settings: [{ cluster_name: 'prod' }], autoDiscovery: { clusterName: 'prod' } },
      { settings: [{ cluster_name: 'prod-1-34' }], autoDiscovery: { clusterName: 'prod-1-34' } },
    ],
    [
      'its address and ARN under whatever key',
      { clusterEndpoint: 'https://blue.example', of: [blue.arn] },
      { clusterEndpoint: 'https://green.example', of: [green.arn] },
    ],
  ])('name that cluster: %s', (_what, values, wanted) => {
    expect(JSON.parse(valuesForGreen(JSON.stringify(values), blue, green))).toEqual(wanted);
  });

  it.each([
    ['who owns records', { txtOwnerId: 'prod' }],
    ['another cluster', { clusterName: 'prod-2' }],
    ['an environment', { env: 'prod', labels: { name: 'prod' } }],
    ['nothing', {}],
    ['numbers and null', { replicas: 2, image: null, enabled: true }],
  ])('stay as they are: %s', (_what, values) => {
    expect(JSON.parse(valuesForGreen(JSON.stringify(values), blue, green))).toEqual(values);
  });
});

describe('what is rendered', () => {
  it.each([
    ['--cluster-name=prod', true],
    ["- '--cluster-name=prod'", true],
    ['- --cluster-name=prod\n- --v=2', true],
    ['--cluster-name "prod"', true],
    ['--cluster-name=prod-1-34', false],
    ['--cluster-name=prod.example', false],
    ['--cluster-name=my-prod', false],
    ['--txt-owner-id=prod', false],
  ])('takes itself for blue’s by %s: %s', (rendered, wanted) => {
    expect(namesBlue(rendered, blue)).toBe(wanted);
  });
});
