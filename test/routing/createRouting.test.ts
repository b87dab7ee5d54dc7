import { expect, it } from 'vitest';
import { AlbRouting } from '../../src/routing/alb.ts';
import { createRouting } from '../../src/routing/createRouting.ts';

it('gives the routing that a request names', async () => {
  const alb = { rule: 'arn:rule', blue: 'arn:blue', green: 'arn:green' };
  expect(createRouting({ alb }, {})).toBeInstanceOf(AlbRouting);
  const byHand = createRouting({ manual: {} }, {}, { blue: 95, green: 5 });
  expect(await byHand.describe()).toMatchObject({ router: 'a person', weights: { blue: 95, green: 5 } });
});
