import { describe, expect, it } from 'vitest';
import { shownLines } from '../../src/commands/rendering/shownLines.ts';
import { plain } from '../../src/commands/rendering/style.ts';
import { wrapped } from '../../src/commands/rendering/wrapped.ts';

describe('a text in lines', () => {
  it('breaks between words, and sets in what follows', () => {
    expect(wrapped('one two three four', 9, '  ')).toBe('one two\n  three\n  four');
  });

  it('keeps what the first line is set in by', () => {
    expect(wrapped('  one two', 6, '    ')).toBe('  one\n    two');
  });

  it('leaves a word whole that is longer than a line', () => {
    expect(wrapped('see https://example.com/a/b now', 10)).toBe('see\nhttps://example.com/a/b\nnow');
  });

  it('is one line where it fits, and where lines shall stay whole', () => {
    expect(wrapped('one two', 7)).toBe('one two');
    expect(wrapped('one two', Infinity)).toBe('one two');
  });
});

describe('what is shown at a gate, on a terminal', () => {
  const marked = { ...plain, title: (text: string) => text.toUpperCase() };

  it('is broken below its own beginning, and what was bold is set apart', () => {
    const shown = ['Go?', '- **probed** from inside: shop', '  - a line that is too long'];
    expect(shownLines(shown, { style: marked, columns: 20 })).toEqual([
      '  Go?',
      '  - PROBED from\n    inside: shop',
      '    - a line that is\n      too long',
    ]);
  });

  it('has what is to be copied bare, and in one line', () => {
    const command = 'kubectl get --raw /api/v1/namespaces/shop/services/web:80/proxy/';
    expect(shownLines([`  - shop: \`${command}\``], { style: plain, columns: 40 })).toEqual([
      `    - shop: ${command}`,
    ]);
  });

  it('says how much more there is than what is shown', () => {
    expect(shownLines(['a', 'b', 'c'], { style: plain, columns: 80, limit: 1 })).toEqual([
      '  a',
      '  … and 2 more lines',
    ]);
  });
});
