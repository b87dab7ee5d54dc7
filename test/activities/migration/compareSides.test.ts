import { expect, test } from 'vitest';
import { copyEverything, post, startTwoClusters } from './twoClusters.ts';

const patiently = { timeout: 60_000 };

test('what a copy has brought is the same, and all else has a reason', patiently, async () => {
  const clusters = await startTwoClusters();
  await copyEverything(clusters);
  const { sides, stage, run, evidence } = clusters;
  const verdict = await run('compareSides', { sides, stage, tools: [] });
  expect(verdict).toMatchObject({ unexplained: [], unexplainedCount: 0 });
  expect(verdict.same).toBeGreaterThan(8);
  const lines: unknown[] = [];
  for await (const line of evidence.readLines(verdict.evidence)) lines.push(line);
  expect(lines).toContainEqual({ group: 'shop.example.com', resource: 'promotions', same: 1 });
  expect(lines).toContainEqual({
    ...{ group: '', resource: 'nodes' },
    notCompared: 'green has nodes of its own',
  });
});

test('what is not on green stands against the cutover, what only green has does not', patiently, async () => {
  const clusters = await startTwoClusters();
  await copyEverything(clusters);
  const { sides, stage, run, blue, green } = clusters;
  const promotions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/promotions.shop.example.com';
  await green.change('DELETE', promotions, { what: 'delete' });
  const metadata = { namespace: 'shop', name: 'late' };
  await post(blue, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  await post(green, { apiVersion: 'v1', kind: 'Secret', metadata });
  const verdict = await run('compareSides', { sides, stage, tools: [] });
  expect(verdict.unexplained).toEqual([
    'ConfigMap shop/late is not on the new cluster',
    'CustomResourceDefinition promotions.shop.example.com is not on the new cluster',
    'Promotion shop/spring is not on the new cluster',
  ]);
  expect(verdict.unexplainedCount).toBe(3);
  expect(verdict.explained).toContainEqual({ reason: 'only the new cluster has it', count: 1 });
});

test('what the request leaves behind has a reason', patiently, async () => {
  const { sides, stage, run } = await startTwoClusters();
  const sources = [
    {
      copy: { excludeNamespaces: ['shop'], excludeKinds: ['customresourcedefinitions.apiextensions.k8s.io'] },
    },
  ];
  const verdict = await run('compareSides', { sides, stage: { ...stage, sources }, tools: [] });
  expect(verdict).toMatchObject({ unexplained: [] });
  expect(verdict.explained.map(({ reason }) => reason)).toContain('excluded by the request');
});
