import { describe, expect, it } from 'vitest';
import {
  answerPayload,
  isUnreadable,
  messageDescriptions,
  messageNames,
  parseGateAnswer,
  parseRemark,
} from '../../src/contract/messages.ts';

const answer = { gate: 'plan', by: 'on-call', digest: '3f2a9c1e' };
const unreadable = { stepladderUnreadablePayload: { encoding: 'binary/protobuf', reason: 'no converter' } };

describe('parseGateAnswer', () => {
  it('reads an answer, with or without a comment', () => {
    expect(parseGateAnswer(answer)).toEqual({ ok: true, value: answer });
    expect(parseGateAnswer({ ...answer, comment: ' fine ' })).toEqual({
      ok: true,
      value: { ...answer, comment: 'fine' },
    });
  });

  it('takes a whole digest, in either case and with blanks around it', () => {
    const digest = 'ab'.repeat(32);
    expect(parseGateAnswer({ ...answer, digest })).toMatchObject({ ok: true, value: { digest } });
    expect(parseGateAnswer({ ...answer, digest: ' 3F2A9C1E ' })).toMatchObject({
      ok: true,
      value: { digest: '3f2a9c1e' },
    });
  });

  it.each([
    ['nothing', undefined, 'the payload must be a JSON object'],
    ['null', null, 'the payload must be a JSON object'],
    ['a text', 'plan', 'the payload must be a JSON object'],
    [
      'JSON in a text',
      JSON.stringify(answer),
      'the payload must be a JSON object, not a text that holds one',
    ],
    ['a list', [answer], 'the payload must be a JSON object'],
    [
      'a gate that is none',
      { ...answer, gate: 'door' },
      '"gate" must be one of plan, hop, workers, cutover, retire',
    ],
    ['no name', { gate: 'plan', digest: '3f2a9c1e' }, '"by" must be a text of 1 to 1000 characters'],
    ['an empty name', { ...answer, by: '  ' }, '"by" must be a text of 1 to 1000 characters'],
    ['the name of the example', { ...answer, by: 'your name' }, '"by" must be your own name'],
    [
      'a digest that is too short',
      { ...answer, digest: '3f2a9c1' },
      '"digest" must be the digest\'s first 8 characters or more',
    ],
    [
      'the digest of the example',
      { ...answer, digest: 'the 8 characters shown' },
      '"digest" must be the digest\'s first 8 characters or more',
    ],
    [
      'a digest that is too long',
      { ...answer, digest: 'a'.repeat(65) },
      '"digest" must be the digest\'s first 8 characters or more',
    ],
    [
      'a digest that is a number',
      { ...answer, digest: 12345678 },
      '"digest" must be a text of 1 to 1000 characters',
    ],
    [
      'a long comment',
      { ...answer, comment: 'x'.repeat(1001) },
      '"comment" must be a text of 1 to 1000 characters',
    ],
    ['a field that it does not have', { ...answer, force: true }, '"force" is not a field of it'],
  ])('refuses %s', (_, payload, reason) => {
    const parsed = parseGateAnswer(payload);
    expect(parsed.ok).toBe(false);
    expect(parsed).toMatchObject({ reason: expect.stringContaining(reason) });
  });

  it('names every problem', () => {
    expect(parseGateAnswer({ gate: 1, digest: 'x', extra: 1 })).toEqual({
      ok: false,
      reason:
        '"gate" must be one of plan, hop, workers, cutover, retire; "by" must be a text of 1 to 1000 characters; "digest" must be the digest\'s first 8 characters or more; "extra" is not a field of it',
    });
  });

  it('keeps a long field name from flooding the refusal', () => {
    const parsed = parseGateAnswer({ ...answer, ['x'.repeat(100_000)]: 1 });
    expect(parsed.ok ? 0 : parsed.reason.length).toBeLessThan(200);
  });

  it('refuses a payload that could not be decoded, and says what to send', () => {
    expect(parseGateAnswer(unreadable)).toEqual({
      ok: false,
      reason:
        'the payload came in the encoding binary/protobuf and could not be read; send plain JSON (json/plain)',
    });
  });
});

describe('parseRemark', () => {
  it.each([
    [undefined, {}],
    [null, {}],
    [{}, {}],
    [{ by: 'on-call' }, { by: 'on-call' }],
    [
      { by: 'on-call', comment: 'lunch' },
      { by: 'on-call', comment: 'lunch' },
    ],
  ])('reads %j', (payload, value) => {
    expect(parseRemark(payload)).toEqual({ ok: true, value });
  });

  it.each([
    ['', 'the payload must be a JSON object, or nothing'],
    [[], 'the payload must be a JSON object, or nothing'],
    [{ by: 5 }, '"by" must be a text'],
    [{ comment: '' }, '"comment" must be a text'],
    [{ by: 'your name' }, '"by" must be your own name'],
    [{ reason: 'x' }, '"reason" is not a field of it'],
    [unreadable, 'send plain JSON'],
  ])('refuses %j', (payload, reason) => {
    expect(parseRemark(payload)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });
});

it('knows an unreadable payload from any other', () => {
  expect(isUnreadable(unreadable)).toBe(true);
  for (const other of [undefined, null, {}, 'x', { stepladderUnreadablePayload: 'x' }]) {
    expect(isUnreadable(other)).toBe(false);
  }
});

it('gives a payload to paste that lacks nothing but the name', () => {
  const payload: unknown = JSON.parse(answerPayload('cutover', 'ab'.repeat(32)));
  expect(payload).toEqual({ gate: 'cutover', by: 'your name', digest: 'abababab' });
  expect(parseGateAnswer(payload)).toMatchObject({ ok: false, reason: '"by" must be your own name' });
  expect(parseGateAnswer({ ...(payload as object), by: 'on-call' }).ok).toBe(true);
});

it('describes every message, and its example is one that is read', () => {
  expect(Object.keys(messageDescriptions).sort()).toEqual(Object.keys(messageNames).sort());
  for (const name of ['pause', 'resume', 'abort'] as const) {
    const example = /\{.*\}/.exec(messageDescriptions[name])?.[0] ?? '';
    expect(parseRemark({ ...(JSON.parse(example) as object), by: 'on-call' }).ok).toBe(true);
  }
  for (const name of ['approve', 'reject'] as const) {
    const example = /\{.*\}/.exec(messageDescriptions[name])?.[0] ?? '';
    expect(
      parseGateAnswer({ ...(JSON.parse(example) as object), by: 'on-call', digest: '3f2a9c1e' }).ok,
    ).toBe(true);
  }
});
