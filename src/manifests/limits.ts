import { Lexer } from 'yaml';

/**
 * How much of a document is parsed. An API server takes no request of more than 3 MiB, so no single object comes near;
 * what does is a list of very many, or made to keep a scan busy. A syntax tree takes about 400 bytes a token.
 */
export const limits = {
  yamlBytes: 4 * 1024 * 1024,
  yamlTokens: 500_000,
  jsonBytes: 32 * 1024 * 1024,
  depth: 500,
} as const;

/**
 * Why a YAML document is not parsed, as a sentence; undefined when it can be. Its tokens are counted as they are made
 * and not kept, so this needs next to no memory.
 */
export function yamlLimitProblem(text: string): string | undefined {
  if (text.length > limits.yamlBytes) {
    return `The document has ${megabytes(text.length)}, more than the ${megabytes(limits.yamlBytes)} that are parsed: split it.`;
  }
  // Short texts have few tokens, and no more levels than characters.
  if (text.length < limits.depth) return undefined;
  let tokens = 0;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > limits.yamlTokens) {
      return `The document has more than ${limits.yamlTokens} tokens, which are not parsed: split it.`;
    }
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > limits.depth) return `The document is nested more than ${limits.depth} levels deep.`;
  }
  return undefined;
}

export const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
