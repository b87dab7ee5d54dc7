import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ToolChange } from '../../src/contract/tools.ts';
import { contentDigest } from '../../src/tools/charts/contentDigest.ts';
import { crdsOfChange } from '../../src/tools/crdsOfChange.ts';
import { crd, webChart } from './charts/madeCharts.ts';
import { shopCluster, useToolStage } from './toolStage.ts';

const stage = useToolStage();

describe('the CRDs of a change', () => {
  async function approved(): Promise<{ path: string; read: () => Promise<string[]> }> {
    const { folder, helm, environment, charts } = stage();
    await charts({ ...webChart('1.1.0'), 'crds/shop.yaml': crd('shops', 'Shop') });
    const path = join(folder, 'web-1.1.0');
    const change: ToolChange = {
      ...{ tool: 'web', namespace: 'shop', release: 'web', driver: { by: 'helm' }, values: [] },
      source: { path },
      from: { version: '1.0.0', revision: 1 },
      to: { version: '1.1.0' },
      renderedSha256: 'r',
      contentSha256: await contentDigest(path, []),
      crds: { policy: 'additive', verdict: 'additive', applied: [] },
    };
    const work = { helm: helm.program, connection: shopCluster(), environment };
    return { path, read: async () => (await crdsOfChange(work, change)).map(({ name }) => name) };
  }

  it('are those of the chart that the plan was approved for', async () => {
    const { read } = await approved();
    expect(await read()).toHaveLength(1);
  });

  it('are not given out of a chart that has changed since: applied CRDs would stay', async () => {
    const { path, read } = await approved();
    await appendFile(join(path, 'crds', 'shop.yaml'), '# changed meanwhile\n');
    await expect(read()).rejects.toMatchObject({ type: 'ToolRefused' });
  });
});
