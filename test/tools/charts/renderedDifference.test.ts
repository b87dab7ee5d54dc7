import { describe, expect, it } from 'vitest';
import { renderedDifference } from '../../../src/tools/charts/renderedDifference.ts';

const configMap = (name: string, color: string): string =>
  `# Source: web/templates/${name}.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: shop\ndata:\n  color: ${color}\n`;
const secret = (password: string, user = 'me'): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\ndata:\n  password: ${password}\n  user: ${user}\n`;
const documents = (...all: string[]): string => all.map((each) => `---\n${each}`).join('');

describe('the difference between two renderings', () => {
  it('names what is new, what changes and what goes', () => {
    const { difference, text } = renderedDifference(
      documents(configMap('kept', 'blue'), configMap('changed', 'blue'), configMap('gone', 'blue')),
      documents(configMap('new', 'red'), configMap('changed', 'red'), configMap('kept', 'blue')),
    );
    expect(difference).toMatchObject({
      added: ['ConfigMap shop/new'],
      changed: ['ConfigMap shop/changed'],
      removed: ['ConfigMap shop/gone'],
    });
    expect(text).toContain('--- installed: ConfigMap shop/changed\n+++ new: ConfigMap shop/changed');
    expect(text).toContain('-  color: blue\n+  color: red');
    expect(text).toContain('--- installed: ConfigMap shop/gone\n+++ /dev/null');
    expect(text).not.toContain('kept');
  });

  it('is none for another order, and its sum covers the whole text', () => {
    const one = documents(configMap('a', 'blue'), configMap('b', 'red'));
    const other = documents(configMap('b', 'red'), configMap('a', 'blue'));
    expect(renderedDifference(one, other)).toMatchObject({
      difference: { added: [], changed: [], removed: [] },
      text: '',
    });
    const sum = (manifest: string) => renderedDifference('', manifest).difference.renderedSha256;
    expect(sum(one)).toMatch(/^[0-9a-f]{64}$/);
    expect(sum(documents(secret('a')))).not.toBe(sum(documents(secret('b'))));
  });

  it('shows which values of a Secret change, and none of them', () => {
    const { difference, text } = renderedDifference(
      documents(secret('b2xkLXBhc3N3b3Jk')),
      documents(secret('bmV3LXBhc3N3b3Jk')),
    );
    expect(difference.changed).toEqual(['Secret login']);
    expect(text).toContain('-  password: <not shown, old>\n+  password: <not shown, new>');
    expect(text).toContain('   user: <not shown>');
    expect(text).not.toMatch(/b2xk|bmV3/);
  });

  it('shows nothing of Secrets that are new, or in a list', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n  - ${secret('aHVudGVyMg').trim().replaceAll('\n', '\n    ')}\n`;
    const { difference, text } = renderedDifference('', documents(secret('c2VjcmV0'), list));
    expect(difference.added).toEqual(['Secret login']);
    expect(text).not.toMatch(/c2VjcmV0|aHVudGVyMg/);
  });
});
