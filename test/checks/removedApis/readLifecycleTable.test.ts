import { expect, test } from 'vitest';
import { readLifecycleTable } from '../../../src/checks/removedApis/readLifecycleTable.ts';

const text = `
name: cert-manager
upgrade: { from: '1.5', to: '1.6' }
lifecycles:
  - group: cert-manager.io
    version: v1alpha2
    kind: Certificate
    resource: certificates
    deprecated: '1.4'
    removed: '1.6'
    replacement: { group: cert-manager.io, version: v1, kind: Certificate }
`;

test('reads a table in YAML or JSON', () => {
  const table = readLifecycleTable(text, 'cert-manager.yaml');
  expect(table).toMatchObject({
    name: 'cert-manager',
    sources: ['cert-manager.yaml'],
    upgrade: { from: '1.5', to: '1.6' },
    lifecycles: [{ group: 'cert-manager.io', removed: '1.6', replacement: { version: 'v1' } }],
  });
  expect(readLifecycleTable(JSON.stringify(table), 'cert-manager.yaml')).toEqual(table);
});

test.each([
  ['a: [', /x\.yaml:1/],
  ['name: a', /x\.yaml: lifecycles/],
  ['name: a\nlifecycles: []', /x\.yaml: lifecycles/],
  ['name: a\nlifecycles: [{version: v1, kind: A, removed: 1.30}]', /lifecycles\.0\.removed: must be a minor/],
  ['name: a\nlifecycles: [{version: v1, kind: A, remove: "1.30"}]', /lifecycles\.0/],
])('refuses %j', (content, message) => {
  expect(() => readLifecycleTable(content, 'x.yaml')).toThrow(message);
});
