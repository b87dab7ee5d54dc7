import Table from 'cli-table3';
import type { Style } from './style.ts';

const none = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** Columns side by side, without lines. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], style: Style): string {
  const drawn = new Table({
    head: head.map((text) => style.faint(text)),
    chars: none,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows) drawn.push([...row]);
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A text that fits into so many columns, its end replaced by an ellipsis if it must be. */
export function shortened(text: string, width: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= width ? line : `${line.slice(0, Math.max(width - 1, 0))}…`;
}
