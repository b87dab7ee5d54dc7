import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentDigest } from '../../../src/tools/charts/contentDigest.ts';

describe('the digest of what helm is given', () => {
  let folder: string;
  let chart: string;
  let values: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-digest-'));
    chart = join(folder, 'chart');
    values = join(folder, 'values.yaml');
    await mkdir(join(chart, 'templates'), { recursive: true });
    await writeFile(join(chart, 'Chart.yaml'), 'name: web\n');
    await writeFile(join(chart, 'templates', 'a.yaml'), 'a: 1\n');
    await writeFile(values, 'replicas: 2\n');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is the same for the same chart, wherever it lies', async () => {
    const copy = join(folder, 'copy');
    await cp(chart, copy, { recursive: true });
    expect(await contentDigest(copy, [values])).toBe(await contentDigest(chart, [values]));
    const [archive, moved] = [join(folder, 'web-1.tgz'), join(folder, 'x.tgz')];
    await writeFile(archive, 'bytes');
    const before = await contentDigest(archive, []);
    await rename(archive, moved);
    expect(await contentDigest(moved, [])).toBe(before);
  });

  it.each<[string, () => Promise<void>]>([
    ['a template', () => writeFile(join(chart, 'templates', 'a.yaml'), 'a: 2\n')],
    ['a file more', () => writeFile(join(chart, 'templates', 'b.yaml'), '')],
    ['another name', () => rename(join(chart, 'templates', 'a.yaml'), join(chart, 'templates', 'b.yaml'))],
    ['a file less', () => rm(join(chart, 'templates', 'a.yaml'))],
    ['values', () => writeFile(values, 'replicas: 3\n')],
  ])('is another one for %s', async (_, change) => {
    const before = await contentDigest(chart, [values]);
    await change();
    expect(await contentDigest(chart, [values])).not.toBe(before);
  });

  it('tells values from the chart, and minds their order', async () => {
    const other = join(folder, 'other.yaml');
    await writeFile(other, 'replicas: 9\n');
    expect(await contentDigest(chart, [values, other])).not.toBe(await contentDigest(chart, [other, values]));
    expect(await contentDigest(chart, [])).not.toBe(await contentDigest(chart, [values]));
  });

  it('fails for what is not there', async () => {
    await expect(contentDigest(join(folder, 'nowhere'), [])).rejects.toThrow(/ENOENT/);
    await expect(contentDigest(chart, [join(folder, 'nowhere')])).rejects.toThrow(/ENOENT/);
  });
});
