import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanManifests } from '../../src/manifests/index.ts';
import { brief, deployment, flowSchema, scanOptions } from './scanOptions.ts';
import { folderWith } from './temporaryFolder.ts';

async function scan(files: Readonly<Record<string, string | Uint8Array>>, parseAll = false) {
  const folder = folderWith(files);
  const { uses, problems, coverage } = await scanManifests([folder], { ...scanOptions, parseAll });
  const told = problems.map(
    ({ file, line, problem }) => `${file.slice(folder.length + 1)}:${line ?? ''} ${problem}`,
  );
  return { uses: brief(uses, folder), problems: told, coverage, whole: uses };
}

describe('scanManifests', () => {
  it('finds a use with its object, file and line', async () => {
    const { whole, uses, coverage } = await scan({ 'a.yaml': `${deployment}---\n\n${flowSchema('x')}` });
    expect(uses).toEqual(['a.yaml:6 FlowSchema x']);
    expect(whole[0]).toMatchObject({
      group: 'flowcontrol.apiserver.k8s.io',
      version: 'v1beta3',
      kind: 'FlowSchema',
      resource: 'flowschemas',
      object: { apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3', kind: 'FlowSchema', name: 'x' },
      observedAt: '2026-01-02T03:04:05Z',
    });
    expect(coverage).toEqual({ source: 'manifests', state: 'complete', count: 2 });
  });

  it('reads folders in the order of their names, and only YAML and JSON in them', async () => {
    const { uses } = await scan({
      'b.yml': flowSchema('b'),
      'a/z.YAML': flowSchema('a'),
      'c.json':
        '{"apiVersion":"policy/v1beta1",\n"kind":"PodDisruptionBudget","metadata":{"name":"c","namespace":"n"}}',
      'notes.txt': flowSchema('no'),
      '.git/x.yaml': flowSchema('no'),
    });
    expect(uses).toEqual([
      'a/z.YAML:1 FlowSchema a',
      'b.yml:1 FlowSchema b',
      'c.json:1 PodDisruptionBudget n/c',
    ]);
  });

  it('reads a file that is named, whatever it is called, and standard input', async () => {
    const folder = folderWith({ rendered: flowSchema('x') });
    async function* standardInput() {
      yield Buffer.from(flowSchema('y').slice(0, 20));
      yield Buffer.from(flowSchema('y').slice(20));
    }
    const { uses } = await scanManifests([join(folder, 'rendered'), '-'], {
      ...scanOptions,
      standardInput: standardInput(),
    });
    expect(brief(uses, folder).map((use) => use.replace(/^.*<stdin>/, '<stdin>'))).toEqual([
      'rendered:1 FlowSchema x',
      '<stdin>:1 FlowSchema y',
    ]);
  });

  it('finds the items of lists, also of lists in lists', async () => {
    const item = (name: string) =>
      `{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: ${name}}}`;
    const { uses } = await scan({
      'list.yaml': `kind: List\napiVersion: v1\nitems:\n- ${item('a')}\n- apiVersion: v1\n  kind: List\n  items:\n  - ${item('b')}\n- ${item('c')}\n`,
    });
    expect(uses).toEqual([
      'list.yaml:4 PodDisruptionBudget a',
      'list.yaml:8 PodDisruptionBudget b',
      'list.yaml:9 PodDisruptionBudget c',
    ]);
  });

  it('is silent about what the upgrade leaves alone, and about mere mentions', async () => {
    const { uses, problems, coverage } = await scan({
      'a.yaml': `# flowcontrol.apiserver.k8s.io/v1beta3\n${deployment}  # policy/v1beta1\n`,
      'values.yaml': 'api: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\n',
      'nested.yaml': `apiVersion: v1\nkind: ConfigMap\ndata:\n  it: |\n    ${flowSchema('x').replaceAll('\n', '\n    ')}`,
    });
    expect({ uses, problems }).toEqual({ uses: [], problems: [] });
    expect(coverage.state).toBe('complete');
  });

  it('tells an API that is deprecated and still served at the target', async () => {
    const { uses } = await scan({ 'a.yaml': 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: x}\n' });
    expect(uses).toEqual(['a.yaml:1 Endpoints x']);
  });

  it('tells what can not be parsed with file and line, and scans the rest', async () => {
    const { uses, problems, coverage } = await scan({
      'a.yaml': `${flowSchema('a')}spec: "not closed\n---\n${flowSchema('b')}`,
      'b.yaml': flowSchema('c'),
    });
    expect(uses).toEqual(['a.yaml:7 FlowSchema b', 'b.yaml:1 FlowSchema c']);
    expect(problems).toEqual([expect.stringMatching(/^a\.yaml:\d It is no YAML: /)]);
    expect(coverage).toMatchObject({
      state: 'partial',
      why: '1 document was not read that may use removed APIs',
    });
  });

  it('names a merge that was not finished, and all that is no YAML when everything is parsed', async () => {
    const files = { 'a.yaml': `${deployment}<<<<<<< HEAD\n`, 'b.yaml': 'a: "b\n', 'c.yaml': deployment };
    expect((await scan(files)).problems).toEqual([expect.stringMatching(/^a\.yaml:4 /)]);
    const all = await scan(files, true);
    expect(all.problems).toEqual([
      expect.stringMatching(/^a\.yaml:4 /),
      expect.stringMatching(/^b\.yaml:\d /),
    ]);
    // Neither may use a removed API: what there is to know is known.
    expect(all.coverage.state).toBe('complete');
  });

  it('does not call a scan of nothing complete', async () => {
    const nothing = await scan({ 'values.yaml': 'a: b\n', 'readme.md': '# hi\n' });
    expect(nothing.coverage).toEqual({
      source: 'manifests',
      state: 'partial',
      why: 'no manifest was found in 1 file',
      count: 0,
    });
    expect((await scanManifests([], scanOptions)).coverage.state).toBe('not-asked');
  });

  it('refuses a path that does not exist', async () => {
    await expect(scanManifests(['/no/such/folder'], scanOptions)).rejects.toThrow(
      'There are no manifests to read at /no/such/folder',
    );
  });

  it('tells templates of a Helm chart apart from what it can read of the chart', async () => {
    const { uses, problems, coverage } = await scan({
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
      'chart/templates/pdb.yaml': `{{- if .Values.on }}\n${flowSchema('{{ .Release.Name }}')}{{- end }}\n`,
      'chart/templates/plain.yaml': flowSchema('plain'),
      'chart/crds/crd.yaml': flowSchema('crd'),
    });
    expect(uses).toEqual([
      'chart/crds/crd.yaml:1 FlowSchema crd',
      'chart/templates/plain.yaml:1 FlowSchema plain',
    ]);
    expect(problems).toEqual([]);
    expect(coverage.state).toBe('partial');
    expect(coverage.why).toContain('1 Helm template was not rendered');
  });

  it('says of a template outside a chart what to do with it', async () => {
    const { problems } = await scan({ 'a.yaml': `{{ if .on }}\n${flowSchema('x')}{{ end }}\n` });
    expect(problems).toEqual([expect.stringContaining('render it')]);
  });

  it('stops when it is given up', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`${index}.yaml`, deployment.repeat(2000)]),
    );
    const folder = folderWith(files);
    const given = new Error('given up');
    await expect(
      scanManifests([folder], { ...scanOptions, signal: AbortSignal.abort(given), parseAll: true }),
    ).rejects.toBe(given);
  });
});

describe('links', () => {
  it('are followed once, and loops of them end', async () => {
    const outside = folderWith({ 'o.yaml': flowSchema('outside') });
    const folder = folderWith({ 'in/a.yaml': flowSchema('a') });
    symlinkSync(folder, join(folder, 'in', 'loop'));
    symlinkSync('a.yaml', join(folder, 'in', 'b.yaml'));
    symlinkSync(outside, join(folder, 'linked'));
    symlinkSync(outside, join(folder, 'linked-again'));
    symlinkSync(outside, join(outside, 'loop'));
    const { uses, problems } = await scanManifests([folder], scanOptions);
    expect(brief(uses, folder)).toEqual(['in/a.yaml:1 FlowSchema a', 'linked/o.yaml:1 FlowSchema outside']);
    expect(problems).toEqual([]);
  });

  it('are followed to what the scan would pass over', async () => {
    const folder = folderWith({ 'a.txt': flowSchema('a'), '.git/b.yaml': flowSchema('b') });
    symlinkSync('a.txt', join(folder, 'a.yaml'));
    symlinkSync(join('.git', 'b.yaml'), join(folder, 'b.yaml'));
    expect(brief((await scanManifests([folder], scanOptions)).uses, folder)).toEqual([
      'a.yaml:1 FlowSchema a',
      'b.yaml:1 FlowSchema b',
    ]);
  });

  it('that lead nowhere are told', async () => {
    const folder = folderWith({ 'a.yaml': deployment });
    symlinkSync('nowhere', join(folder, 'b.yaml'));
    const { problems, coverage } = await scanManifests([folder], scanOptions);
    expect(problems).toEqual([{ file: join(folder, 'b.yaml'), problem: 'The link leads nowhere: ENOENT.' }]);
    expect(coverage.state).toBe('partial');
  });
});

it.skipIf(process.getuid?.() === 0)('tells a file that may not be read, and scans the rest', async () => {
  const folder = folderWith({ 'a.yaml': flowSchema('a'), 'b.yaml': flowSchema('b') });
  chmodSync(join(folder, 'a.yaml'), 0);
  const { uses, problems, coverage } = await scanManifests([folder], scanOptions);
  expect(brief(uses, folder)).toEqual(['b.yaml:1 FlowSchema b']);
  expect(problems).toEqual([{ file: join(folder, 'a.yaml'), problem: "It can't be read: EACCES." }]);
  expect(coverage.state).toBe('partial');
});
