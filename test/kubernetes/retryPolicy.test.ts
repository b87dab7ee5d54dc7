import { expect, test } from 'vitest';
import { readStatus } from '../../src/kubernetes/errors.ts';
import { defaultRetryPolicy, retryDelayMs, timeouts } from '../../src/kubernetes/retryPolicy.ts';

const failure = readStatus(500, '', undefined);

test('waits double up to a bound, and vary by half', () => {
  const delays = [1, 2, 3, 4, 5].map((failures) =>
    retryDelayMs(defaultRetryPolicy, failure, { failures, elapsedMs: 0 }, 1),
  );
  expect(delays).toEqual([100, 200, 400, 800, 1600]);
  expect(retryDelayMs(defaultRetryPolicy, failure, { failures: 1, elapsedMs: 0 }, 0)).toBe(50);
  const patient = { ...defaultRetryPolicy, tries: 100 };
  expect(retryDelayMs(patient, failure, { failures: 9, elapsedMs: 0 }, 1)).toBe(2000);
});

test('ends after the last try, after the time, and at once for what does not pass', () => {
  expect(retryDelayMs(defaultRetryPolicy, failure, { failures: 6, elapsedMs: 0 })).toBeUndefined();
  expect(retryDelayMs(defaultRetryPolicy, failure, { failures: 1, elapsedMs: 25_000 })).toBeUndefined();
  const final = readStatus(403, '', undefined);
  expect(retryDelayMs(defaultRetryPolicy, final, { failures: 1, elapsedMs: 0 })).toBeUndefined();
});

test('keeps to what the server asks for, unless that is too long to wait here', () => {
  const state = { failures: 1, elapsedMs: 0 };
  expect(retryDelayMs(defaultRetryPolicy, readStatus(429, '', '3'), state)).toBe(3_000);
  expect(retryDelayMs(defaultRetryPolicy, readStatus(429, '', '0'), state)).toBe(0);
  expect(retryDelayMs(defaultRetryPolicy, readStatus(429, '', '60'), state)).toBeUndefined();
});

test('an endpoint that takes connections and never answers is tried twice, and told within a minute', () => {
  const silent = Object.assign(new Error('late'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
  expect(
    retryDelayMs(defaultRetryPolicy, silent, { failures: 1, elapsedMs: timeouts.answerMs }),
  ).toBeDefined();
  const longest = defaultRetryPolicy.giveUpAfterMs + timeouts.connectMs + timeouts.answerMs;
  expect(longest).toBeLessThan(60_000);
});
