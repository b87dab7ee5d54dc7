import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApiLifecycleTable } from '../../src/manifests/apiLifecycleTable.ts';
import { scanManifests } from '../../src/manifests/index.ts';
import { brief, scanOptions } from './scanOptions.ts';
import { folderWith } from './temporaryFolder.ts';

const certManager = `
name: cert-manager
upgrade: {from: "1.5", to: "1.8"}
lifecycles:
  - group: cert-manager.io
    version: v1alpha2
    kind: Certificate
    deprecated: "1.4"
    removed: "1.6"
    replacement: {group: cert-manager.io, version: v1, kind: Certificate}
`;

const read = (text: string, name = 'table.yaml') =>
  readApiLifecycleTable(join(folderWith({ [name]: text }), name));

describe('readApiLifecycleTable', () => {
  it('reads YAML and JSON, and names the file as the source where none is said', () => {
    const table = read(certManager);
    expect(table).toMatchObject({ name: 'cert-manager', upgrade: { from: '1.5', to: '1.8' } });
    expect(table.sources).toEqual([expect.stringContaining('table.yaml')]);
    expect(table.lifecycles[0]).toEqual({
      group: 'cert-manager.io',
      version: 'v1alpha2',
      kind: 'Certificate',
      deprecated: '1.4',
      removed: '1.6',
      replacement: { group: 'cert-manager.io', version: 'v1', kind: 'Certificate' },
    });
    expect(read(JSON.stringify(table), 'table.json')).toEqual(table);
  });

  it('makes a scan find what it names', async () => {
    const folder = folderWith({
      'table.txt': certManager,
      'c.yaml': 'apiVersion: cert-manager.io/v1alpha2\nkind: Certificate\nmetadata: {name: tls}\n',
    });
    const tables = [...scanOptions.tables, readApiLifecycleTable(join(folder, 'table.txt'))];
    expect(brief((await scanManifests([folder], { ...scanOptions, tables })).uses, folder)).toEqual([
      'c.yaml:1 Certificate tls',
    ]);
  });

  it.each([
    { wrong: 'no YAML', text: 'name: "x', says: 'Missing closing' },
    {
      wrong: 'a version without quotation marks',
      text: certManager.replace('"1.6"', '1.30'),
      says: 'lifecycles.0.removed: must be a version in quotation marks',
    },
    {
      wrong: 'no end',
      text: certManager.replace(/ {4}(deprecated|removed).*\n/g, ''),
      says: 'lifecycles.0: must say when it is deprecated',
    },
    { wrong: 'an unknown field', text: certManager.replace('removed:', 'removedIn:'), says: 'removedIn' },
    {
      wrong: 'a kind that is none',
      text: certManager.replace('kind: Certificate\n', 'kind: a/b\n'),
      says: 'lifecycles.0.kind: must be a kind',
    },
    { wrong: 'nothing in it', text: 'name: x\nlifecycles: []\n', says: 'lifecycles: ' },
    { wrong: 'no table', text: '[1]', says: 'the table: ' },
  ])('refuses $wrong, and says where', ({ text, says }) => {
    expect(() => read(text)).toThrow(says);
    expect(() => read(text)).toThrow(/^The table of API lifecycles .*table\.yaml can't be used:\n/);
  });

  it('refuses a file that is not there', () => {
    expect(() => readApiLifecycleTable('/no/such/table.yaml')).toThrow('ENOENT');
  });
});
