import { emptyContents } from './expressionUse.ts';
import type { SourceContents } from './expressionUse.ts';

/** What became of asking one source. */
export interface SourceResult {
  /** What was asked, as a person names it: a path, an address, `PrometheusRule objects`. */
  source: string;
  contents: SourceContents;
  state: 'complete' | 'partial' | 'failed';
  /** Why it is not complete, without a full stop. */
  why?: string;
}

export function failed(source: string, why: string): SourceResult {
  return { source, contents: emptyContents(), state: 'failed', why: withoutStop(why) };
}

/** What was pointed at and holds nothing has not been checked: whoever named it expected something there. */
export function asked(source: string, contents: SourceContents, what: string): SourceResult {
  return contents.count === 0 && contents.problems.length === 0
    ? { source, contents, state: 'partial', why: `no ${what} were found in it` }
    : { source, contents, state: 'complete' };
}

function withoutStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}
