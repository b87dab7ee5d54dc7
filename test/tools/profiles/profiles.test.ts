import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownTools, profileOf } from '../../../src/tools/profiles/index.ts';

test.each(knownTools.map((profile) => [profile.name, profile] as const))(
  '%s is found by its name and says where it comes from and what tells it',
  (name, profile) => {
    expect(profileOf(name)).toBe(profile);
    expect(profile.source).toBeDefined();
    expect([profile.charts, profile.images, profile.labels].map(({ length }) => length)).not.toContain(0);
    for (const crd of profile.crds.names) expect(crd).toMatch(/^[a-z]+\.[a-z0-9.]+$/);
  },
);

test('every tool with a file of its own is known', async () => {
  const folder = join(import.meta.dirname, '../../../src/tools/profiles');
  const files = (await readdir(folder)).filter(
    (file) => !['index.ts', 'profile.ts', 'generic.ts'].includes(file),
  );
  expect(knownTools).toHaveLength(files.length);
  expect(new Set(knownTools.map(({ name }) => name)).size).toBe(files.length);
});

test('any other name gets the generic profile, with its release and namespace called alike', () => {
  expect(profileOf('karpenter')).toMatchObject({
    ...{ name: 'karpenter', release: 'karpenter', namespace: 'karpenter', charts: [] },
  });
});
