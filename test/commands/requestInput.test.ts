import { Command } from 'commander';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRequestFlags, requestFlags } from '../../src/commands/requestFlags.ts';
import { mergeFlags, requestOf } from '../../src/commands/requestInput.ts';
import { fakeTerminal } from './fakeTerminal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepladder-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What commander makes of a command line. */
function options(...args: string[]): Record<string, unknown> {
  const command = addRequestFlags(new Command('x').exitOverride());
  return command.parse(args, { from: 'user' }).opts();
}

async function file(content: string): Promise<string> {
  const path = join(folder, `${Math.random()}.json`);
  await writeFile(path, content);
  return path;
}

const minimal = ['--cluster', 'prod', '--target', '1.33'];

describe('a request from flags', () => {
  it('has each flag in its field', async () => {
    const { written } = await requestOf(
      options(
        ...minimal,
        ...['--region', 'ap-northeast-1', '--role-arn', 'arn:aws:iam::111122223333:role/upgrader'],
        ...['--external-id', 'ext', '--context', 'prod-admin', '--override-insights', '--gate-workers'],
        ...['--resolve-conflicts', 'OVERWRITE', '--max-unavailable', '3', '--update-strategy', 'MINIMAL'],
        ...['--skip-node-group', 'a', '--skip-node-group', 'b', '--override', 'insights/Insight/7f3c'],
        ...['--max-parallel', '50%', '--no-canary', '--hops', 'fewest'],
        ...['--gate-each-hop', '--gate-timeout', '2h', '--webhook-env', 'STEPLADDER_WEBHOOK_OPS'],
      ),
      fakeTerminal(),
    );
    expect(written).toEqual({
      cluster: {
        name: 'prod',
        region: 'ap-northeast-1',
        roleArn: 'arn:aws:iam::111122223333:role/upgrader',
        externalId: 'ext',
        context: 'prod-admin',
      },
      targetVersion: '1.33',
      controlPlane: { overrideInsights: true },
      addons: { resolveConflicts: 'OVERWRITE' },
      workers: {
        maxUnavailable: 3,
        updateStrategy: 'MINIMAL',
        maxParallel: '50%',
        canary: false,
        hops: 'fewest',
        skip: ['a', 'b'],
      },
      overrides: ['insights/Insight/7f3c'],
      gates: { hop: true, workers: true, timeout: '2h' },
      notify: [{ webhookEnv: 'STEPLADDER_WEBHOOK_OPS' }],
    });
  });

  it('sends what was written and not the defaults of this release', async () => {
    const { written, checked } = await requestOf(options(...minimal), fakeTerminal());
    expect(written).toEqual({ cluster: { name: 'prod' }, targetVersion: '1.33' });
    expect(checked.gates.timeout).toBe('24h');
  });

  it('has a number of nodes as a number, and leaves what is neither that nor a share to be complained about', async () => {
    const { written } = await requestOf(options(...minimal, '--max-parallel', '5'), fakeTerminal());
    expect(written).toMatchObject({ workers: { maxParallel: 5 } });
    const refused = requestOf(options(...minimal, '--max-parallel', 'many'), fakeTerminal());
    await expect(refused).rejects.toThrow('workers.maxParallel: must be a number of nodes such as 5');
  });

  it('has no two flags for one field', () => {
    const paths = requestFlags.map(({ path }) => path.join('.'));
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('is refused with every problem by its path', async () => {
    const asked = requestOf(options('--target', '2.0', '--strategy', 'sideways'), fakeTerminal());
    const error: unknown = await asked.catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ type: 'InvalidInput' });
    for (const path of [
      'cluster: is missing',
      'targetVersion: ',
      'workers.strategy: must be one of "managed"',
    ]) {
      expect((error as Error).message).toContain(`  ${path}`);
    }
  });

  it('is told what no flag can say of a new cluster', async () => {
    const flags = options('--cluster', 'prod', '--target', '1.34', '--strategy', 'blue-green');
    await expect(requestOf(flags, fakeTerminal())).rejects.toThrow(/migration: is missing: .*--input/);
  });

  it.each([
    ['--max-unavailable', 'some'],
    ['--update-strategy', 'FAST'],
    ['--hops', 'some'],
  ])('refuses %s %s where it stands', (...args) => {
    const command = addRequestFlags(
      new Command('x').exitOverride().configureOutput({ writeErr: () => undefined }),
    );
    expect(() => command.parse(args, { from: 'user' })).toThrow(args[0]);
  });
});

describe('flags beside a file', () => {
  it('fill in what the file leaves out', () => {
    const merged = mergeFlags(
      { cluster: { name: 'prod' } },
      options('--region', 'eu-west-1', '--target', '1.33'),
    );
    expect(merged).toEqual({ cluster: { name: 'prod', region: 'eu-west-1' }, targetVersion: '1.33' });
  });

  it('may not set what the file sets, even to the same', () => {
    const merge = () => mergeFlags({ cluster: { name: 'prod' }, targetVersion: '1.33' }, options(...minimal));
    expect(merge).toThrow('--cluster and cluster.name\n  --target and targetVersion');
  });

  it('leave the file’s own object as it was', () => {
    const given = { cluster: { name: 'prod' } };
    mergeFlags(given, options('--region', 'eu-west-1'));
    expect(given).toEqual({ cluster: { name: 'prod' } });
  });

  it('leave a part of the wrong type to be complained about', async () => {
    const path = await file('{"cluster":"prod"}');
    const asked = requestOf(
      options('--input', path, '--region', 'eu-west-1', '--target', '1.33'),
      fakeTerminal(),
    );
    await expect(asked).rejects.toThrow('  cluster: ');
  });
});

describe('a request from a file', () => {
  it('is read from a file or from standard input', async () => {
    const text = '{"cluster":{"name":"prod"},"targetVersion":"1.33"}';
    const fromFile = await requestOf(options('--input', await file(text)), fakeTerminal());
    const fromInput = await requestOf(options('--input', '-'), fakeTerminal({ input: text }));
    expect(fromFile.written).toEqual(JSON.parse(text));
    expect(fromInput.written).toEqual(JSON.parse(text));
  });

  it('of 3 MB is refused for its size, and not parsed', async () => {
    const big = '{'.repeat(3 * 1024 * 1024);
    const tooLarge = 'The request has 3072 KiB, and 64 KiB is the limit';
    await expect(requestOf(options('--input', await file(big)), fakeTerminal())).rejects.toThrow(tooLarge);
    await expect(requestOf(options('--input', '-'), fakeTerminal({ input: big }))).rejects.toThrow(tooLarge);
  });

  it.each([
    ['{"cluster":', 'is not JSON'],
    ['[1]', 'holds no JSON object'],
    ['"x"', 'holds no JSON object'],
  ])('that is %s says so', async (text, message) => {
    await expect(requestOf(options('--input', await file(text)), fakeTerminal())).rejects.toThrow(message);
  });

  it('that is not there is named', async () => {
    const asked = requestOf(options('--input', '/no/such/request.json'), fakeTerminal());
    await expect(asked).rejects.toThrow(/\/no\/such\/request\.json can't be read: ENOENT/);
  });
});
