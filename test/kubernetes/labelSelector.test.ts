import { describe, expect, test } from 'vitest';
import { parseSelector } from '../../src/kubernetes/labelSelector.ts';
import { meets } from '../../src/plan/labelSelector.ts';

const labels = { app: 'web', tier: 'front', env: 'prod' };

describe('a selector as kubectl takes it', () => {
  test.each<[string, boolean]>([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app=api', false],
    ['app!=api', true],
    ['none!=x', true],
    ['app=web,tier=back', false],
    ['env in (test, prod)', true],
    ['env in (test),app=web', false],
    ['env notin (test,stage)', true],
    ['tier', true],
    ['none', false],
    ['!none', true],
    ['!tier', false],
    ['app.kubernetes.io/name=web', false],
  ])('%s', (text, expected) => {
    expect(parseSelector(text).every((each) => meets(each, labels))).toBe(expected);
  });

  test.each(['app=web,', 'a b', 'app in web', '=x'])('"%s" is refused, and named', (text) => {
    expect(() => parseSelector(text)).toThrow(`The Pod selector "${text}" can't be read`);
  });
});
