import type { Style } from './style.ts';
import { wrapped } from './wrapped.ts';

/** How what a person is shown is set: the width, and how many lines at most. */
export interface ShownOptions {
  style: Style;
  /** Of the terminal; Infinity where lines shall stay whole. */
  columns: number;
  /** Lines of the text, before they are broken. */
  limit?: number;
}

/** The Markdown lines that stand at a gate or a question, for a terminal. What is to be copied stands there bare. */
export function shownLines(
  shown: readonly string[],
  { style, columns, limit = Infinity }: ShownOptions,
): string[] {
  const lines = shown.slice(0, limit).map((line) => {
    const [, indent = '', bullet = '', text = ''] = /^( *)(- )?(.*)$/.exec(line) ?? [];
    const bare = text.replace(/`([^`]+)`$/, '$1');
    // What is to be copied stays in one line.
    const room = bare === text ? columns : Infinity;
    const broken = wrapped(`  ${indent}${bullet}${bare}`, room, `  ${indent}${' '.repeat(bullet.length)}`);
    return broken.replaceAll(/\*\*(.+?)\*\*/g, (_, bold: string) => style.title(bold));
  });
  const more = shown.length - lines.length;
  return more > 0 ? [...lines, style.faint(`  … and ${more} more lines`)] : lines;
}
