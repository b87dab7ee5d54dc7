import { expect, test } from 'vitest';
import { z } from 'zod';
import { cronJob, paths } from '../../kubernetes/holding/workFixture.ts';
import { copyEverything, post, startTwoClusters } from './twoClusters.ts';

const patiently = { timeout: 120_000 };

test('what a copy has brought is the same, and all else has a reason', patiently, async () => {
  const clusters = await startTwoClusters();
  await copyEverything(clusters);
  const { sides, stage, run, evidence } = clusters;
  const verdict = await run('compareSides', { sides, stage, tools: [] });
  expect(verdict).toMatchObject({ unexplained: [], unexplainedCount: 0 });
  expect(verdict.same).toBeGreaterThan(8);
  expect(verdict.contents).toMatchObject({ differing: 0, lines: [], isBroughtAgain: true });
  expect(verdict.contents?.compared).toBeGreaterThan(8);
  const lines: unknown[] = [];
  for await (const line of evidence.readLines(verdict.evidence)) lines.push(line);
  expect(lines).toContainEqual({ group: 'shop.example.com', resource: 'promotions', same: 1, contents: 1 });
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

const withPods = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({ containers: z.array(z.record(z.string(), z.unknown())) }),
    }),
  }),
});
const web = '/apis/apps/v1/namespaces/shop/deployments/web';

test(
  'what says something else is told by its fields, is in nobody’s way, and is brought again',
  patiently,
  async () => {
    const clusters = await startTwoClusters();
    const { sides, stage, run, blue, green, evidence } = clusters;
    const metadata = { namespace: 'shop', name: 'keys' };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata, data: { 'blue.pem': 'Ymx1ZQ==' } };
    await post(blue, secret);
    await copyEverything(clusters);
    const secretPath = '/api/v1/namespaces/shop/secrets/keys';
    await blue.change('PATCH', secretPath, { body: { data: { 'blue.pem': 'b3RoZXI=' } }, what: 'change' });
    const { containers: before } = withPods.parse(await blue.getJson(web)).spec.template.spec;
    const containers = before.map((each) => ({ ...each, image: 'registry.example.com/web:2' }));
    const body = { spec: { template: { spec: { containers } } } };
    await blue.change('PATCH', web, { body, what: 'change the image' });
    const settings = '/api/v1/namespaces/shop/configmaps/settings';
    await green.change('PATCH', settings, { body: { data: { more: 'yes' } }, what: 'say more' });

    const verdict = await run('compareSides', { sides, stage, tools: [] });
    expect(verdict).toMatchObject({ unexplained: [], unexplainedCount: 0 });
    expect(verdict.contents).toMatchObject({
      ...{ differing: 3, onlyGreenSaysMore: 1, isBroughtAgain: true },
      lines: [
        'shop/Deployment/web: spec.template.spec.containers[0].image',
        'shop/ConfigMap/settings: data.more',
        'shop/Secret/keys: data',
      ],
    });
    const told: string[] = [];
    for await (const line of evidence.readLines(verdict.evidence)) told.push(JSON.stringify(line));
    expect(told.filter((line) => line.includes('"differs"'))).toHaveLength(3);
    expect(told.join()).not.toMatch(/blue\.pem|Ymx1ZQ|b3RoZXI|web:2/);

    await copyEverything(clusters);
    const again = await run('compareSides', { sides, stage, tools: [] });
    expect(again.contents).toMatchObject({
      ...{ differing: 1, onlyGreenSaysMore: 1, lines: ['shop/ConfigMap/settings: data.more'] },
    });
  },
);

test('what others than blue have brought is not said to be brought again', patiently, async () => {
  const clusters = await startTwoClusters();
  await copyEverything(clusters);
  const { sides, stage, run, green } = clusters;
  await green.change('PATCH', web, { body: { spec: { replicas: 5 } }, what: 'scale' });
  const sources = [...stage.sources, { manifests: { path: '/somewhere' } }];
  const { contents } = await run('compareSides', { sides, stage: { ...stage, sources }, tools: [] });
  expect(contents).toMatchObject({
    ...{ differing: 1, isBroughtAgain: false, lines: ['shop/Deployment/web: spec.replicas'] },
  });
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

test('work that both do stands against the cutover until it stands still on green', patiently, async () => {
  const clusters = await startTwoClusters();
  const { sides, run, blue, green } = clusters;
  await post(blue, cronJob('nightly'));
  await post(blue, cronJob('paused', true));
  const db = { kind: 'StatefulSet' as const, namespace: 'shop', name: 'db' };
  const stage = { ...clusters.stage, singletons: [db] };
  await copyEverything({ ...clusters, stage });
  const compare = () => run('compareSides', { sides, stage, tools: [] });
  expect((await compare()).unexplained).toEqual([]);
  for (const [path, spec] of [
    [paths.cronJob('nightly'), { suspend: false }],
    ['/apis/apps/v1/namespaces/shop/statefulsets/db', { replicas: 1 }],
  ] as const)
    await green.change('PATCH', path, { body: { spec }, what: 'start' });
  const twice = 'works on both clusters: on the new one it has to stand still until the cutover';
  expect((await compare()).unexplained).toEqual([
    `CronJob shop/nightly ${twice}`,
    `StatefulSet shop/db ${twice}`,
  ]);
  await run('holdWork', {
    ...{ context: sides.green, singletons: [db], madeBy: 'migrate-demo', timeoutMs: 100_000, pollMs: 50 },
  });
  expect(await compare()).toMatchObject({ unexplained: [], unexplainedCount: 0 });
});
