/** Text that may come from a cluster or a person, as Markdown that shows it and does nothing else. */
export function inline(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_[\]<>|~]/g, (character) => `\\${character}`);
}

/** The same in a code span; a backtick in it becomes an apostrophe. */
export function code(text: string): string {
  return `\`${text.replaceAll(/\s+/g, ' ').replaceAll('`', "'")}\``;
}

/** A table. Cells are Markdown already; what separates them is taken care of in `inline`. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** A section with its heading, or nothing when there is nothing to say. */
export function section(title: string, ...blocks: readonly string[]): string[] {
  const said = blocks.filter((block) => block !== '');
  return said.length === 0 ? [] : [`## ${title}`, ...said];
}
