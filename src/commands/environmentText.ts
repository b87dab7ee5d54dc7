/** Environment variables as a shell evaluates them, or as one JSON object. */
export function environmentText(
  environment: Readonly<Record<string, string>>,
  output: 'text' | 'json',
): string {
  if (output === 'json') return JSON.stringify(environment);
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
}
