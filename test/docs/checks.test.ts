import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { knownChanges } from '../../src/checks/data/knownChanges.ts';

const root = join(import.meta.dirname, '..', '..');

it('every check of the folder of checks has its line in docs/checks.md', async () => {
  const page = await readFile(join(root, 'docs', 'checks.md'), 'utf8');
  const names = new Set<string>();
  for (const folder of ['src/checks', 'src/checks/budgets', 'src/checks/migration']) {
    for (const file of await readdir(join(root, folder))) {
      if (!file.endsWith('.ts')) continue;
      const text = await readFile(join(root, folder, file), 'utf8');
      for (const [, name] of text.matchAll(/check: '([a-z-]+)'/g)) if (name !== undefined) names.add(name);
    }
  }
  expect(names.size).toBeGreaterThan(20);
  expect([...names].filter((name) => !page.includes(`| \`${name}\` `))).toEqual([]);
});

it('every minor with a known change has a line there', async () => {
  const page = await readFile(join(root, 'docs', 'checks.md'), 'utf8');
  const minors = new Set(knownChanges.map(({ at }) => at));
  expect([...minors].filter((minor) => !page.includes(`\n| ${minor} |`))).toEqual([]);
});
