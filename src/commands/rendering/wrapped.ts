/**
 * A text in lines of so many columns, broken between words; what follows the first line is set in by `indent`. A word that
 * is longer, such as an address or a command, stays whole.
 */
export function wrapped(text: string, columns: number, indent = ''): string {
  const [first = '', ...words] = text.trimEnd().split(/(?<=\S) +/);
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    if (line.length + 1 + word.length <= columns) line += ` ${word}`;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line].join('\n');
}
