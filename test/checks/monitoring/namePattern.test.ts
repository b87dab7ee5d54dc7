import { describe, expect, it } from 'vitest';
import { compileNamePattern } from '../../../src/checks/monitoring/namePattern.ts';

const names = [
  '',
  'a',
  'ab',
  'abc',
  'apiserver_request_total',
  'apiserver_request_duration_seconds_bucket',
  'etcd_requests_total',
  'workqueue_depth',
  'job:apiserver:rate5m',
  'A_B',
  'a}b',
  'aaaaaaaaaaaaaaaaaaaaaaaa',
  'x1y22z333',
];

describe('a pattern over names', () => {
  it.each([
    '.*',
    '.+',
    'apiserver_.*',
    'apiserver_.+_total',
    '(apiserver|etcd)_requests?_total',
    'apiserver_(request|response)_(total|duration_seconds(_bucket|_sum|_count)?)',
    '^apiserver_request_total$',
    'a|ab|abc',
    'a||b',
    'a{2}',
    'a{2,}',
    'a{0,3}b?c*',
    'a}b',
    '[a-c]+',
    '[^a-c]*',
    '[a-]b',
    '\\w+',
    '\\D*',
    '[\\d\\w]+',
    'x\\dy\\d+z\\d{3}',
    'job:apiserver:.*',
    'a.c',
    'a\\.c',
    '(?:a|b)+',
    '(?P<part>a)b',
    'a+?b*?',
    '(a(b(c)?)?)?',
    '((((a))))',
    'workqueue_(?:depth|adds_total)',
  ])('%s matches what JavaScript matches with it, anchored', (pattern) => {
    const matches = compileNamePattern(pattern);
    const expected = new RegExp(`^(?:${pattern.replace('?P<', '?<')})$`, 's');
    expect(names.filter((name) => matches?.(name))).toEqual(names.filter((name) => expected.test(name)));
  });

  it('takes a bracket at the beginning of a class as itself, as RE2 does and JavaScript does not', () => {
    expect(compileNamePattern('[]a]+')?.('a]a')).toBe(true);
  });

  it('tells upper from lower case unless told not to', () => {
    expect(compileNamePattern('a_b')?.('A_B')).toBe(false);
    expect(compileNamePattern('(?i)a_[b]')?.('A_B')).toBe(true);
  });

  it.each([
    '(',
    'a)',
    '[a',
    'a{3,2}',
    'a{1,5000}',
    '*a',
    'a**',
    '\\bword',
    '\\p{L}',
    '(?=a)',
    'a^b',
    '[[:alpha:]]',
    '\\',
  ])('%s is not judged', (pattern) => {
    expect(compileNamePattern(pattern)).toBeUndefined();
  });

  it.each([
    ['(a+)+$', 'a'.repeat(60) + '!'],
    ['(a|aa)+b', 'a'.repeat(200)],
    ['(.*)*x', 'y'.repeat(200)],
    ['(a?){50}a{50}', 'a'.repeat(49)],
  ])('%s ends in time on what takes others for ever', (pattern, name) => {
    expect(compileNamePattern(pattern)?.(name)).toBe(false);
  });

  it.each(['((a{100}){100}){100}', `${'('.repeat(500)}a${')'.repeat(500)}`])(
    'that is too large or too deep is not judged',
    (pattern) => {
      expect(compileNamePattern(pattern)).toBeUndefined();
    },
  );
});
