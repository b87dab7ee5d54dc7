import { describe, expect, it } from 'vitest';
import { steadyManifest } from '../../../src/tools/helm/steadyManifest.ts';

const manifest = (password: string, more = ''): string =>
  `---\nkind: ConfigMap\ndata:\n  a: b\n---\nkind: Secret\nstringData:\n  password: ${password}\n  user: me\n${more}`;

describe('one text of two renderings', () => {
  it('is the rendering where both are the same', () => {
    expect(steadyManifest(manifest('x'), manifest('x'))).toBe(manifest('x'));
  });

  it('has no trace of what is made up each time, and all else', () => {
    const steady = steadyManifest(manifest('x1'), manifest('x2'));
    expect(steady).toBe(manifest('<differs with each rendering>'));
    expect(steadyManifest(manifest('y1'), manifest('y2'))).toBe(steady);
  });

  it('holds when what is made up has other numbers of lines', () => {
    const long = (lines: number): string =>
      manifest('x', `  key: |\n${'    abc\n'.repeat(lines)}  end: here\n`);
    const [one, other] = [long(2).replaceAll('abc', 'one'), long(3).replaceAll('abc', 'two')];
    const steady = steadyManifest(one, other);
    expect(steady).toContain('  key: |\n<differs with each rendering>\n  end: here');
    expect(steady).toContain('  a: b');
  });
});
