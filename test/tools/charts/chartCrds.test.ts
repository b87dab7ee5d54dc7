import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crdsOfChart } from '../../../src/tools/charts/chartCrds.ts';
import type { ChartRendering } from '../../../src/tools/charts/chartCrds.ts';
import { emptyHome, useHelm } from '../helm/helmForTests.ts';
import { crd, webChart, writeFiles } from './madeCharts.ts';

const helm = useHelm();

describe('the CRDs of a chart', () => {
  const cleanups: (() => Promise<void>)[] = [];
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-crds-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    environment = await emptyHome((clear) => cleanups.push(clear));
  });
  afterEach(async () => {
    for (const clear of cleanups.splice(0).reverse()) await clear();
  });

  async function crdsOf(files: Record<string, string>, rendering: Partial<ChartRendering> = {}) {
    const path = await writeFiles(join(folder, 'web'), { ...webChart('1.0.0'), ...files });
    const fetched = { path, version: '1.0.0', kind: 'chart' as const, release: async () => undefined };
    const crds = await crdsOfChart(fetched, {
      ...{ helm: helm(), environment, release: 'web', namespace: 'shop', values: [] },
      ...rendering,
    });
    return crds.map(({ name, from }) => `${name} ${from}`);
  }

  const withSub = {
    'Chart.yaml':
      'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- { name: sub, version: 1.0.0, condition: sub.enabled }\n',
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'charts/sub/crds/things.yaml': crd('things', 'Thing'),
  };

  it('are those of its folder crds and those of its templates, told apart', async () => {
    const found = await crdsOf({
      'crds/two.yaml': `${crd('apples', 'Apple')}---\n${crd('pears', 'Pear')}`,
      'templates/crds/plums.yaml': crd('plums', 'Plum'),
    });
    expect(found.sort()).toEqual([
      'apples.example.org crds',
      'pears.example.org crds',
      'plums.example.org template',
    ]);
  });

  it('are found where they are written as JSON, and nothing else that speaks of one is', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'apples.example.org' },
      spec: {},
    };
    const speaking = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'speaks' },
      data: { text: JSON.stringify(definition) },
      more: { kind: 'CustomResourceDefinition' },
    };
    expect(
      await crdsOf({
        'crds/apples.json': JSON.stringify(definition),
        'templates/speaks.yaml': JSON.stringify(speaking),
      }),
    ).toEqual(['apples.example.org crds']);
  });

  it("are those of subcharts only where the release's values switch them on", async () => {
    expect(await crdsOf(withSub, { ownValues: '{"sub":{"enabled":true}}' })).toEqual([
      'things.example.org crds',
    ]);
    expect(await crdsOf(withSub, { ownValues: '{"sub":{"enabled":false}}' })).toEqual([]);
  });

  it("follow files with values over the release's own", async () => {
    const off = join(folder, 'off.yaml');
    await writeFile(off, 'sub: { enabled: false }\n');
    expect(await crdsOf(withSub, { ownValues: '{"sub":{"enabled":true}}', values: [off] })).toEqual([]);
  });

  it('follow what the cluster offers', async () => {
    const files = {
      'templates/crd.yaml': `{{ if .Capabilities.APIVersions.Has "example.org/v7" }}\n${crd('plums', 'Plum')}{{ end }}`,
    };
    const capabilities = { kubeVersion: 'v1.31.2', apiVersions: ['v1', 'example.org/v7'] };
    expect(await crdsOf(files)).toEqual([]);
    expect(await crdsOf(files, { capabilities })).toEqual(['plums.example.org template']);
  });

  it.each([
    ['a template that is broken', { 'templates/a.yaml': '{{ if }}' }, 'broken-chart'],
    [
      'a value that is missing',
      { 'templates/a.yaml': '{{ required "give it" .Values.a }}' },
      'values-do-not-render',
    ],
    ['a subchart that is missing', { 'Chart.yaml': withSub['Chart.yaml'] }, 'broken-chart'],
    [
      'a chart for newer clusters',
      { 'Chart.yaml': `${webChart('1.0.0')['Chart.yaml']}kubeVersion: '>=9.0.0'\n` },
      'broken-chart',
    ],
    [
      'a CRD without a name',
      { 'crds/a.yaml': 'kind: CustomResourceDefinition\nmetadata: {}\n' },
      'broken-chart',
    ],
  ])('are told not to be had for %s', async (_, files, problem) => {
    await expect(crdsOf(files as Record<string, string>)).rejects.toMatchObject({
      type: 'ToolRefused',
      details: { problem },
    });
  });

  it('are told not to be had where a file with values is missing', async () => {
    await expect(crdsOf({}, { values: ['/nowhere/values.yaml'] })).rejects.toMatchObject({
      message: expect.stringContaining('/nowhere/values.yaml'),
    });
  });
});
