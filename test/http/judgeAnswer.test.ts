import { describe, expect, it } from 'vitest';
import { judgeAnswer } from '../../src/http/judgeAnswer.ts';
import type { Expected, Judgement } from '../../src/http/judgeAnswer.ts';

const secret = 'tok-secret-1';
const answer = (status: number, body = `all is fine, v1.33 ${secret}`) => ({ status, body });

describe('an answer', () => {
  it.each<[Partial<Expected>, ReturnType<typeof answer>, Judgement['state'], string]>([
    [{}, answer(200), 'holds', 'It answers 200.'],
    [{}, answer(503), 'fails', 'It answers 503, and 200 is expected.'],
    [{ expectStatus: 404 }, answer(404), 'holds', 'It answers 404.'],
    [{ expectText: 'fine' }, answer(200), 'holds', 'It answers 200 with the expected text.'],
    [{ expectText: 'great' }, answer(200), 'fails', 'It answers 200, without the expected text.'],
    [{ expectText: 'a.l' }, answer(200), 'fails', 'It answers 200, without the expected text.'],
    [{ expectPattern: 'v1\\.3\\d' }, answer(200), 'holds', 'It answers 200 with what the pattern describes.'],
    [{ expectPattern: '^v1' }, answer(200), 'fails', 'It answers 200, without what the pattern describes.'],
    [
      { expectText: 'fine', expectPattern: '^v1' },
      answer(200),
      'fails',
      'It answers 200, without what the pattern describes.',
    ],
    [
      { expectText: 'fine', expectPattern: '^all' },
      answer(200),
      'holds',
      'It answers 200 with the expected text.',
    ],
    [{ expectText: 'fine' }, answer(500), 'fails', 'It answers 500, and 200 is expected.'],
    [
      { expectPattern: '^(a+)+$' },
      answer(200, `${'a'.repeat(64)}!`),
      'unknown',
      'It answers 200, and the pattern takes too long to look for: write one that repeats less.',
    ],
  ])('that shall be %j', (expected, given, state, why) => {
    expect(judgeAnswer({ expectStatus: 200, ...expected }, given)).toEqual({ state, why });
  });
});
