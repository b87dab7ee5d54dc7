import { expect, test } from 'vitest';
import { z } from 'zod';
import type { ReadOptions } from '../../src/kubernetes/connection.ts';
import { listObjects } from '../../src/kubernetes/list.ts';
import { fakeConnection, Refusal } from './fakeConnection.ts';

const schema = z
  .object({ metadata: z.object({ name: z.string() }) })
  .transform(({ metadata }) => metadata.name);
const object = (name: string) => ({ metadata: { name }, spec: { large: 'x' } });

/** Five objects in pages of two; `expireAt` counts requests from 1. */
function pages(expireAt: number[] = []): (options: ReadOptions) => unknown {
  const names = ['a', 'b', 'c', 'd', 'e'];
  let requests = 0;
  return ({ query }) => {
    requests += 1;
    if (expireAt.includes(requests)) return new Refusal(410, 'The provided continue parameter is too old');
    const from = Number(query?.['continue'] ?? 0);
    const next = from + 2 < names.length ? String(from + 2) : '';
    return { metadata: { continue: next }, items: names.slice(from, from + 2).map(object) };
  };
}

test('follows the pages and keeps of each object what the schema takes', async () => {
  const counts: number[] = [];
  const connection = fakeConnection({ '/things': pages() });
  const options = { name: 'things', limit: 2, onPage: (count: number) => counts.push(count) };
  await expect(listObjects(connection, '/things', schema, options)).resolves.toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
  ]);
  expect(counts).toEqual([2, 4, 5]);
  expect(connection.asked.map(({ options: { query } }) => query?.['limit'])).toEqual([2, 2, 2]);
});

test('begins anew when the continue token has expired, and has nothing twice', async () => {
  const connection = fakeConnection({ '/things': pages([2, 5]) });
  await expect(listObjects(connection, '/things', schema, { name: 'things' })).resolves.toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
  ]);
  expect(connection.asked).toHaveLength(8);
});

test('does not begin anew for ever', async () => {
  const connection = fakeConnection({ '/things': () => new Refusal(410, 'too old') });
  await expect(listObjects(connection, '/things', schema, { name: 'things' })).rejects.toThrow('too old');
  expect(connection.asked).toHaveLength(4);
});

test('an empty list may be null, and an object of another shape is told by its field, not by its value', async () => {
  const connection = fakeConnection({
    '/none': { metadata: {}, items: null },
    '/odd': { items: [{ metadata: { name: 7, token: 'secret' } }] },
  });
  await expect(listObjects(connection, '/none', schema, { name: 'none' })).resolves.toEqual([]);
  await expect(listObjects(connection, '/odd', schema, { name: 'odd' })).rejects.toMatchObject({
    type: 'InternalError',
    message: expect.stringMatching(/one of odd .*metadata\.name/),
  });
});
