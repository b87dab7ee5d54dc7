import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/commands/program.ts';
import { openFolderStore } from '../../src/evidence/folderStore.ts';
import { fakeTerminal } from './fakeTerminal.ts';
import { at, report } from './fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepladder-test-'));
  const store = openFolderStore(folder);
  const keep = (key: string, value: unknown) => store.write('report', key, value, 1);
  await keep('shop/upgrade-shop-1.33/run-b/report-aa', report({ writtenAt: at('11:00:00') }));
  await keep(
    'shop/upgrade-shop-1.33/run-a/report-bb',
    report({ writtenAt: at('12:00:00'), fromVersion: '1.30' }),
  );
  await keep('shop/upgrade-shop-1.33/run-a/plan-cc', { findings: [] });
  await keep('shop-2/upgrade-shop-2-1.33/run-a/report-dd', report({ writtenAt: at('13:00:00') }));
  await keep('odd/upgrade-odd-1.33/run-a/report-ee', { schema: 7 });
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  const code = await runCommandLine(['report', '--evidence', folder, ...args], terminal);
  return { code, out: terminal.out.join('\n'), err: terminal.err.join('\n') };
}

describe('report --cluster', () => {
  it('prints the newest report of that cluster, without any server', async () => {
    const { code, out } = await run('--cluster', 'shop');
    expect(code).toBe(0);
    expect(out).toContain('# Upgrade of cluster shop: 1.30 → 1.32: completed');
  });

  it('takes a relative folder', async () => {
    const terminal = fakeTerminal();
    const args = ['report', '--cluster', 'shop', '--evidence', relative(process.cwd(), folder) + '/'];
    expect(await runCommandLine(args, terminal)).toBe(0);
  });

  it('prints it as it was stored with -o json', async () => {
    const { out } = await run('--cluster', 'shop', '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({ schema: 1, writtenAt: at('12:00:00') });
  });

  it('says where it looked when there is none', async () => {
    const { code, out, err } = await run('--cluster', 'other');
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(`The evidence folder ${folder} has no report on cluster other`);
  });

  it('refuses a report of a shape that it does not know', async () => {
    const { code, err } = await run('--cluster', 'odd');
    expect(code).toBe(1);
    expect(err).toContain('is not a report that this release of Stepladder can read');
  });
});
