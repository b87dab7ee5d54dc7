import {
  DescribeInsightCommand,
  DescribeInsightsRefreshCommand,
  DescribeNodegroupCommand,
  ListInsightsCommand,
  ListTagsForResourceCommand,
  StartInsightsRefreshCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterVersionCommand,
} from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import type { EksInsightState } from '../../eks-api/index.ts';
import { clusterArn, exampleState, refusal, startTestApi } from './startTestApi.ts';

const insight = (id: string, change: Partial<EksInsightState> = {}): EksInsightState => ({
  id,
  name: `insight ${id}`,
  category: 'UPGRADE_READINESS',
  kubernetesVersion: '1.32',
  status: 'PASSING',
  reason: 'nothing found',
  description: 'looks for it',
  recommendation: 'mend it',
  resources: [],
  deprecations: [],
  ...change,
});
const deprecation = {
  usage: '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas',
  replacedWith: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
  startServingReplacementVersion: '1.29',
  stopServingVersion: '1.32',
  clientStats: [
    { userAgent: 'old-tool', numberOfRequestsLast30Days: 12, lastRequestTime: new Date('2026-05-01') },
  ],
};
const insights = [
  insight('one', { status: 'WARNING', deprecations: [deprecation], resources: ['/apis/apps/v1/x'] }),
  insight('two', { kubernetesVersion: '1.33' }),
  insight('three', { category: 'MISCONFIGURATION' }),
];
const list = (input: object = {}) => new ListInsightsCommand({ clusterName: 'demo', ...input });

describe('insights', () => {
  it('are listed by filter, page by page', async () => {
    const { client } = await startTestApi({ state: exampleState({ insights }) });
    const ids = async (input?: object) =>
      (await client.send(list(input))).insights?.map((summary) => summary.id);
    expect(await ids()).toEqual(['one', 'two', 'three']);
    expect(await ids({ filter: { categories: ['UPGRADE_READINESS'] } })).toEqual(['one', 'two']);
    expect(await ids({ filter: { kubernetesVersions: ['1.33'] } })).toEqual(['two']);
    expect(await ids({ filter: { statuses: ['WARNING'], categories: [] } })).toEqual(['one']);
    const first = await client.send(list({ maxResults: 2 }));
    expect(await ids({ maxResults: 2, nextToken: first.nextToken })).toEqual(['three']);
    const bad = client.send(list({ filter: { statuses: ['BAD'] } }));
    expect(await refusal(bad)).toMatchObject({ name: 'InvalidParameterException' });
  });

  it('are described with the clients of what is deprecated', async () => {
    const { client } = await startTestApi({ state: exampleState({ insights }) });
    const asked = (id: string) => client.send(new DescribeInsightCommand({ clusterName: 'demo', id }));
    expect((await asked('one')).insight).toMatchObject({
      insightStatus: { status: 'WARNING', reason: 'nothing found' },
      recommendation: 'mend it',
      resources: [{ kubernetesResourceUri: '/apis/apps/v1/x' }],
      categorySpecificSummary: { deprecationDetails: [deprecation] },
    });
    expect(await refusal(asked('four'))).toMatchObject({ name: 'ResourceNotFoundException', code: 404 });
  });

  it('about a version are gone when the cluster is there', async () => {
    const { client, ended } = await startTestApi({ state: exampleState({ insights }) });
    await ended(
      (await client.send(new UpdateClusterVersionCommand({ name: 'demo', version: '1.32' }))).update,
    );
    const { insights: left } = await client.send(list());
    expect(left?.map((summary) => summary.id)).toEqual(['two', 'three']);
  });

  it('are looked at again on request, which takes time', async () => {
    const { client, api, infrastructure } = await startTestApi({ state: exampleState({ insights }) });
    const progress = () => client.send(new DescribeInsightsRefreshCommand({ clusterName: 'demo' }));
    expect(await refusal(progress())).toMatchObject({ code: 404 });
    const before = (await client.send(list())).insights?.[0];
    api.service.insights.next = [insight('one')];
    const started = await client.send(new StartInsightsRefreshCommand({ clusterName: 'demo' }));
    expect(started.status).toBe('IN_PROGRESS');
    expect((await client.send(list())).insights?.[0]?.insightStatus?.status).toBe('WARNING');
    await infrastructure.clock.until(async () => (await progress()).status === 'COMPLETED');
    const after = (await client.send(list())).insights?.[0];
    expect(after?.insightStatus?.status).toBe('PASSING');
    expect(after?.lastRefreshTime?.getTime()).toBeGreaterThan(before?.lastRefreshTime?.getTime() ?? Infinity);
    expect(after?.lastTransitionTime).toEqual(after?.lastRefreshTime);
  });
});

describe('tags', () => {
  const tags = (resourceArn: string) => new ListTagsForResourceCommand({ resourceArn });
  const set = (value: Record<string, string>, resourceArn = clusterArn) =>
    new TagResourceCommand({ resourceArn, tags: value });

  it('are set, listed and taken off, of the cluster and of a node group', async () => {
    const { client, journal } = await startTestApi();
    const asked = new DescribeNodegroupCommand({ clusterName: 'demo', nodegroupName: 'blue' });
    const arn = (await client.send(asked)).nodegroup?.nodegroupArn ?? '';
    expect(arn).toMatch(/:nodegroup\/demo\/blue\//);
    for (const resourceArn of [clusterArn, arn]) {
      await client.send(set({ 'stepladder/was': 'maxUnavailable=1', team: 'shop' }, resourceArn));
      expect((await client.send(tags(resourceArn))).tags).toMatchObject({ team: 'shop' });
      const gone = new UntagResourceCommand({ resourceArn, tagKeys: ['team', 'not-there'] });
      await client.send(gone);
      const left = (await client.send(tags(resourceArn))).tags;
      expect(left).toMatchObject({ 'stepladder/was': 'maxUnavailable=1' });
      expect(left).not.toHaveProperty('team');
    }
    expect((await client.send(asked)).nodegroup?.tags).toEqual({ 'stepladder/was': 'maxUnavailable=1' });
    expect(journal.map(({ operation }) => operation)).toEqual([
      'TagResource',
      'UntagResource',
      'TagResource',
      'UntagResource',
    ]);
  });

  it.each([
    [{ '': 'x' }, 'must have 1 to 128 characters'],
    [{ ['k'.repeat(129)]: 'x' }, 'must have 1 to 128 characters'],
    [{ key: 'v'.repeat(257) }, 'at most 256 characters'],
    [{ 'aws:key': 'x' }, 'cannot begin with aws:'],
    [{ key: '{"maxUnavailable":1}' }, 'characters that are not allowed'],
    [Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key-${index}`, 'x'])), 'at most 50 tags'],
  ])('that break a limit are refused: %o', async (value, message) => {
    const { client } = await startTestApi();
    const refused = await refusal(client.send(set(value)));
    expect(refused).toMatchObject({ name: 'BadRequestException', code: 400 });
    expect(refused.message).toContain(message);
    expect((await client.send(tags(clusterArn))).tags).toEqual({ terraform: 'true' });
  });

  it('of a resource that is not there are refused', async () => {
    const { client } = await startTestApi();
    expect(await refusal(client.send(tags(`${clusterArn}-2`)))).toMatchObject({
      name: 'NotFoundException',
      code: 404,
    });
    expect(await refusal(client.send(tags('demo')))).toMatchObject({ name: 'BadRequestException' });
  });
});
