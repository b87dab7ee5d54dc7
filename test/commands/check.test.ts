import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findingsSarif } from '../../src/commands/rendering/findingsSarif.ts';
import { runCommandLine } from '../../src/commands/program.ts';
import type { Finding, FindingSummary } from '../../src/contract/finding.ts';
import { fakeTerminal } from './fakeTerminal.ts';

const flowSchema = (version: string, annotation = '') =>
  `apiVersion: flowcontrol.apiserver.k8s.io/${version}\nkind: FlowSchema\nmetadata:\n  name: shop\n${annotation}`;

/** A folder with these files, gone with the test. */
async function folder(files: Record<string, string>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'stepladder-check-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return path;
}

async function check(...args: string[]) {
  const terminal = fakeTerminal();
  const code = await runCommandLine(['check', ...args], terminal);
  return { code, out: terminal.out.join('\n'), err: terminal.err.join('\n') };
}

async function json(...args: string[]) {
  const { code, out, err } = await check(...args, '-o', 'json');
  expect(err).toBe('');
  return { code, ...(JSON.parse(out) as { findings: Finding[]; summary: FindingSummary }) };
}

const later = '2999-12-31';

describe('checking files alone', () => {
  it.each([
    ['a removed API', 'v1beta3', '1.31', 3],
    ['an API that the hop after removes', 'v1beta3', '1.30', 5],
    ['nothing that goes', 'v1', '1.31', 0],
  ])('ends with the worst of what was found: %s', async (_, version, from, expected) => {
    const path = await folder({ 'a.yaml': flowSchema(version) });
    const to = `1.${Number(from.slice(2)) + 1}`;
    const { code, findings, summary } = await json('--manifests', path, '--from', from, '--to', to);
    expect(code).toBe(expected);
    expect(findings).toHaveLength(expected === 0 ? 0 : 1);
    expect(Object.values(summary).reduce((sum, count) => sum + count)).toBe(findings.length);
  });

  it('counts all that is gone at the target when it is not said where the upgrade starts', async () => {
    const path = await folder({ 'a.yaml': flowSchema('v1beta1') });
    expect((await json('--manifests', path, '--to', '1.33')).findings[0]).toMatchObject({
      severity: 'blocker',
      evidence: [{ file: join(path, 'a.yaml'), line: 1 }],
    });
  });

  it('does not take a scan of nothing for clear', async () => {
    const { code, findings } = await json('--manifests', await folder({ 'readme.txt': 'x' }), '--to', '1.33');
    expect(code).toBe(4);
    expect(findings[0]).toMatchObject({ severity: 'unknown', subject: { name: 'manifests' } });
  });

  it('takes what can not be read for unknown, and a blocker for worse', async () => {
    const path = await folder({ 'broken.yaml': `${flowSchema('v1beta3')}  labels: {\n` });
    expect((await json('--manifests', path, '--to', '1.33')).code).toBe(4);
    await writeFile(join(path, 'good.yaml'), flowSchema('v1beta3'));
    expect((await json('--manifests', path, '--to', '1.33')).code).toBe(3);
  });

  it('reads manifests from standard input', async () => {
    const terminal = {
      ...fakeTerminal(),
      standardInput: () => Readable.from([Buffer.from(flowSchema('v1beta3'))]),
    };
    expect(await runCommandLine(['check', '--manifests', '-', '--to', '1.32'], terminal)).toBe(3);
  });

  it('lets findings be ignored by a file, until their day', async () => {
    const path = await folder({ 'm/a.yaml': flowSchema('v1beta3') });
    const ignore = join(path, 'ignore.yaml');
    const args = ['--manifests', join(path, 'm'), '--to', '1.32', '--ignore', ignore] as const;
    const rule = (until: string) =>
      `ignore:\n  - { check: removed-apis, subject: "flowcontrol*", reason: it moves, until: ${until} }\n`;
    await writeFile(ignore, rule(later));
    const ignored = await json(...args);
    expect(ignored.code).toBe(0);
    expect(ignored.findings).toMatchObject([
      { severity: 'info', ignored: { reason: 'it moves', until: later } },
    ]);
    await writeFile(ignore, rule('2020-01-01'));
    const over = await json(...args);
    expect(over.code).toBe(3);
    expect(over.findings.map((finding) => finding.check)).toEqual(['removed-apis', 'ignore-rules']);
  });

  it.each([
    [
      'YAML',
      (text: string) =>
        flowSchema('v1beta3', `  annotations:\n    stepladder/ignore: ${JSON.stringify(text)}\n`),
    ],
    [
      'JSON',
      (text: string) =>
        JSON.stringify({
          apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
          kind: 'FlowSchema',
          metadata: { name: 'a', annotations: { 'stepladder/ignore': text } },
        }),
    ],
  ])('lets a manifest in %s be ignored by its annotation, until its day', async (_, manifest) => {
    const path = await folder({ 'a.yaml': manifest(`removed-apis; it moves; ${later}`) });
    expect((await json('--manifests', path, '--to', '1.32')).code).toBe(0);
    await writeFile(join(path, 'a.yaml'), manifest('removed-apis; it moves; 2020-01-01'));
    expect((await json('--manifests', path, '--to', '1.32')).code).toBe(3);
  });

  it('judges by tables that are given', async () => {
    const path = await folder({
      'm/a.yaml': 'apiVersion: example.org/v1alpha1\nkind: Widget\nmetadata:\n  name: a\n',
      'table.yaml':
        'name: widgets\nlifecycles:\n  - { group: example.org, version: v1alpha1, kind: Widget, removed: "1.32" }\n',
    });
    const args = ['--manifests', join(path, 'm'), '--to', '1.32'];
    expect((await json(...args)).code).toBe(0);
    expect((await json(...args, '--api-table', join(path, 'table.yaml'))).code).toBe(3);
  });

  it.each([
    [[], '--to is missing'],
    [['--to', '1.33'], 'There is nothing to look at'],
    [['--manifests', 'x', '--to', '1.x'], '--to must be a Kubernetes minor version'],
    [['--manifests', 'x', '--to', 'v1.33'], '--to must be a Kubernetes minor version'],
    [['--manifests', 'x', '--from', '1.33', '--to', '1.33'], '--to must be newer than --from'],
    [['--manifests', '/no/such/folder', '--to', '1.33'], '/no/such/folder'],
    [['--manifests', 'x', '--to', '1.33', '--region', 'eu-west-1'], 'go with --cluster'],
    [['--cluster', 'c'], '--to is missing'],
    [['--cluster', 'c', '--to', '1.33', '--from', '1.32'], '--from does not go with --cluster'],
    [['--context', 'c', '--from', '1.32'], '--from does not go with --context'],
    [['--manifests', 'x', '--to', '1.33', '-o', 'yaml'], 'Allowed choices are table, json, markdown, sarif'],
    [['--manifests', '.', '--to', '1.33', '--ignore', '/no/such/file'], "/no/such/file: can't be read"],
  ])('ends with 2 for bad usage: %j', async (args, says) => {
    const { code, out, err } = await check(...args);
    expect(err).toContain(says);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('what is printed', () => {
  const finding = (change: Partial<Finding> = {}): Finding => ({
    check: 'removed-apis',
    severity: 'blocker',
    hop: '1.32',
    subject: { kind: 'API', name: 'policy/v1beta1/PodDisruptionBudget' },
    message: 'It goes.',
    remedy: 'Move.',
    evidence: [
      { source: 'manifest ./deploy/a b.yaml:3', observedAt: 't', file: './deploy/a b.yaml', line: 3 },
      { source: 'manifest /abs/c.yaml:1', observedAt: 't', file: '/abs/c.yaml', line: 1 },
      { source: 'Helm release shop/web', observedAt: 't' },
    ],
    ...change,
  });

  it('groups findings by hop and severity on a terminal and in Markdown', async () => {
    const path = await folder({
      'a.yaml': `${flowSchema('v1beta3')}---\n${flowSchema('v1beta2')}`,
    });
    const args = ['--manifests', path, '--from', '1.28', '--to', '1.32'];
    const { out } = await check(...args);
    expect(out.match(/Hop to 1\.\d+/g)).toEqual(['Hop to 1.29', 'Hop to 1.32']);
    expect(out).toMatch(/2 blockers, 0 unknown, 0 warnings, 0 infos$/);
    const markdown = (await check(...args, '-o', 'markdown')).out;
    expect(markdown.match(/^### .*$/gm)).toEqual(['### Hop to 1.29', '### Hop to 1.32']);
    expect(markdown).toContain('**Blockers** (1)');
  });

  it('gives code scanning a result for each place in a file, and the others by their subject', () => {
    const sarif = findingsSarif([
      finding(),
      finding({
        severity: 'info',
        evidence: [{ source: 'x', observedAt: 't' }],
        ignored: { reason: 'later', until: later },
      }),
    ]) as { version: string; runs: { results: Record<string, unknown>[]; tool: unknown }[] };
    expect(sarif.version).toBe('2.1.0');
    const [run] = sarif.runs;
    expect(run!.tool).toMatchObject({ driver: { name: 'Stepladder', rules: [{ id: 'removed-apis' }] } });
    expect(run!.results.map(({ level, locations }) => [level, locations])).toEqual([
      [
        'error',
        [
          {
            physicalLocation: {
              artifactLocation: { uri: 'deploy/a%20b.yaml' },
              region: { startLine: 3 },
            },
          },
        ],
      ],
      [
        'error',
        [
          {
            physicalLocation: { artifactLocation: { uri: 'file:///abs/c.yaml' }, region: { startLine: 1 } },
          },
        ],
      ],
      ['note', [{ logicalLocations: [expect.objectContaining({ kind: 'resource' })] }]],
    ]);
    expect(run!.results[2]!['suppressions']).toEqual([
      { kind: 'external', justification: `later (until ${later})` },
    ]);
  });
});
