import type { Answer } from './ask.ts';
import { matches } from './matches.ts';

/** What an answer must be. */
export interface Expected {
  expectStatus: number;
  expectText?: string | undefined;
  /** A regular expression, as JavaScript has them, with the flag `u`. */
  expectPattern?: string | undefined;
}

/** Whether an answer is as it must be, and why. */
export interface Judgement {
  state: 'holds' | 'fails' | 'unknown';
  why: string;
}

/** Whether an address answers as it must. What it answered with stands in no message. */
export function judgeAnswer(expected: Expected, { status, body }: Answer): Judgement {
  const { expectStatus, expectText, expectPattern } = expected;
  if (status !== expectStatus) {
    return { state: 'fails', why: `It answers ${status}, and ${expectStatus} is expected.` };
  }
  if (expectText !== undefined && !body.includes(expectText)) {
    return { state: 'fails', why: `It answers ${status}, without the expected text.` };
  }
  const matched = expectPattern === undefined || matches(expectPattern, body);
  if (matched === 'too slow') {
    return {
      state: 'unknown',
      why: `It answers ${status}, and the pattern takes too long to look for: write one that repeats less.`,
    };
  }
  if (!matched) return { state: 'fails', why: `It answers ${status}, without what the pattern describes.` };
  const text = expectText === undefined ? '' : ' with the expected text';
  const described = expectPattern === undefined ? '' : ' with what the pattern describes';
  return { state: 'holds', why: `It answers ${status}${text === '' ? described : text}.` };
}
