import type { RuleRecord } from './records.ts';

/**
 * The first rule that a request is for.
 *
 * @param rules in their order, the default one last
 * @param host as in the request, with or without a port
 * @param path without its query
 */
export function matchRule(rules: readonly RuleRecord[], host: string, path: string): RuleRecord | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return rules.find(
    ({ hosts, paths }) =>
      (hosts.length === 0 || hosts.some((pattern) => matches(pattern.toLowerCase(), name))) &&
      (paths.length === 0 || paths.some((pattern) => matches(pattern, path))),
  );
}

/** `*` stands for any characters and `?` for one. */
function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(text);
}
