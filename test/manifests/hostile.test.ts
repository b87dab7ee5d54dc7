import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanManifests, scanManifestText } from '../../src/manifests/index.ts';
import { brief, deployment, flowSchema, scanOptions } from './scanOptions.ts';
import { folderWith } from './temporaryFolder.ts';

const megabyte = 1_000_000;
const removedApi = 'apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\n';

/** Scans a hostile file beside a good one, which must be found whatever the other is. */
async function besideGood(hostile: string | Uint8Array, name = 'a.yaml') {
  const folder = folderWith({ [name]: hostile, 'z.yaml': flowSchema('good') });
  const { uses, problems, coverage } = await scanManifests([folder], scanOptions);
  const [good, ...others] = brief(uses, folder).toReversed();
  expect(good).toBe('z.yaml:1 FlowSchema good');
  return { others, problems: problems.map(({ problem }) => problem), coverage, file: join(folder, name) };
}

describe('hostile files end in a problem, or are passed over, and the rest is scanned', () => {
  it('aliases that multiply to gigabytes', async () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const refers = level === 0 ? '"x"' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(9).fill(refers).join(', ')}]\n`;
    });
    const { others, problems } = await besideGood(`${removedApi}metadata: {name: bomb}\n${levels.join('')}`);
    expect(others).toEqual(['a.yaml:1 FlowSchema bomb']);
    expect(problems).toEqual([]);
  });

  it('lists of lists by aliases, where each level doubles the items', async () => {
    const levels = Array.from({ length: 40 }, (_, level) => {
      const items =
        level === 0 ? `[{${removedApi.trim().replace('\n', ', ')}}]` : `[*l${level - 1}, *l${level - 1}]`;
      return `l${level}: &l${level} {apiVersion: v1, kind: List, items: ${items}}\n`;
    });
    const { others } = await besideGood(`${levels.join('')}apiVersion: v1\nkind: List\nitems: [*l39]\n`);
    expect(others).toHaveLength(1);
  });

  it('an alias to what it stands in', async () => {
    const { others } = await besideGood(`&a\n${removedApi}items: [*a]\n<<: *a\n`);
    expect(others).toHaveLength(1);
  });

  it('100 MB in one line', async () => {
    const { problems } = await besideGood(Buffer.alloc(100 * megabyte, 'x'));
    expect(problems).toEqual([]);
    const named = Buffer.concat([Buffer.from(`${removedApi}a: `), Buffer.alloc(100 * megabyte, 'x')]);
    const { problems: told, coverage } = await besideGood(named);
    expect(told).toEqual([expect.stringMatching(/^The document has 95\.4 MiB, more than the 4\.0 MiB/)]);
    expect(coverage.state).toBe('partial');
  });

  it('millions of tokens', async () => {
    const { problems } = await besideGood(`${removedApi}a:\n${'- b\n'.repeat(megabyte / 2)}`);
    expect(problems).toEqual([expect.stringContaining('tokens')]);
  });

  it.each([
    { what: 'brackets', text: `${removedApi}a: ${'['.repeat(100_000)}` },
    { what: 'braces', text: `${removedApi}a: ${'{a: '.repeat(50_000)}` },
    {
      what: 'indentation',
      text: `${removedApi}${Array.from({ length: 1200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}`,
    },
    { what: 'dashes', text: `${removedApi}a:\n ${'- '.repeat(100_000)}x` },
    { what: 'question marks', text: `${removedApi}${'? '.repeat(100_000)}x` },
  ])('nesting by $what', async ({ text }) => {
    const { problems, coverage } = await besideGood(text);
    expect(problems).toHaveLength(1);
    expect(coverage.state).toBe('partial');
  });

  it('deep nesting in JSON, which its parser can take', async () => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const { others } = await besideGood(
      `{"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget", "a": ${nested}}`,
      'a.json',
    );
    expect(others).toEqual(['a.json:1 PodDisruptionBudget (no name)']);
  });

  it('a list in JSON that is larger than what is parsed as YAML', async () => {
    const filler = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x' },
      data: { a: 'y'.repeat(900) },
    });
    const removed = JSON.stringify({
      apiVersion: 'policy/v1beta1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'p' },
    });
    const { others, problems } = await besideGood(
      `{"apiVersion": "v1", "kind": "List", "items": [${`${filler},`.repeat(6000)}${removed}]}`,
      'a.json',
    );
    expect(others).toEqual(['a.json:1 PodDisruptionBudget p']);
    expect(problems).toEqual([]);
  });

  it('a map of so many keys that comparing each with each would take minutes', async () => {
    const keys = Array.from({ length: 40_000 }, (_, index) => `k${index}: 1\n`).join('');
    expect((await besideGood(`${removedApi}${keys}`)).others).toHaveLength(1);
  });

  it('the name of an API over and over', async () => {
    expect((await besideGood('/v1beta'.repeat(megabyte))).others).toEqual([]);
    expect((await besideGood('"\\/'.repeat(megabyte))).problems).toHaveLength(1);
  });

  it('bytes that are no text', async () => {
    const { problems, coverage } = await besideGood(
      Uint8Array.from({ length: 5000 }, (_, index) => (index * 7) % 256),
    );
    expect(problems).toEqual(['It is no text: it has bytes that no YAML or JSON has.']);
    expect(coverage.state).toBe('partial');
  });

  it.each([
    { encoding: 'UTF-8 with a mark', bytes: Buffer.from(`\ufeff${flowSchema('é')}`), name: 'é' },
    { encoding: 'UTF-16LE', bytes: Buffer.from(`\ufeff${flowSchema('é')}`, 'utf16le'), name: 'é' },
    { encoding: 'UTF-16BE', bytes: Buffer.from(`\ufeff${flowSchema('é')}`, 'utf16le').swap16(), name: 'é' },
    { encoding: 'Latin-1', bytes: Buffer.from(flowSchema('é'), 'latin1'), name: 'é' },
  ])('$encoding', async ({ encoding, bytes, name }) => {
    const { others, problems } = await besideGood(bytes);
    expect(others).toEqual([`a.yaml:1 FlowSchema ${name}`]);
    expect(problems).toEqual(encoding === 'Latin-1' ? [expect.stringContaining('It is not UTF-8')] : []);
  });
});

describe('scanManifestText', () => {
  it('scans what a Helm release has installed', () => {
    const place = { kind: 'helm-release', namespace: 'n', release: 'r', chart: 'c-1.0.0' } as const;
    const { uses, problems, documents, unread } = scanManifestText(
      `---\n# Source: c/a.yaml\n${flowSchema('x')}---\n${deployment}---\n${flowSchema('y')}a: "\n`,
      place,
      scanOptions,
    );
    expect(uses).toEqual([expect.objectContaining({ kind: 'FlowSchema', place })]);
    expect(problems).toEqual([{ file: 'Helm release n/r', line: 17, problem: expect.any(String) }]);
    expect({ documents, unread }).toEqual({ documents: 2, unread: 1 });
  });

  it('counts lines from where the text begins in its file', () => {
    const place = { kind: 'manifest', file: 'f', line: 11 } as const;
    expect(brief(scanManifestText(`\n${flowSchema('x')}`, place, scanOptions).uses)).toEqual([
      expect.stringContaining('f:12 FlowSchema x'),
    ]);
  });
});
