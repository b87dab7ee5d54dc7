import { expect, it } from 'vitest';
import { gateTitle } from '../../src/contract/gateText.ts';

it.each([
  [{ gate: 'plan' }, 'the plan'],
  [{ gate: 'hop', hop: '1.33' }, 'hop 1.33'],
  [{ gate: 'workers', hop: '1.33' }, 'the workers of 1.33'],
  [{ gate: 'cutover', hop: '1.34' }, 'the cutover to 1.34'],
  [{ gate: 'cutover' }, 'the cutover'],
  [{ gate: 'retire', hop: '1.33', nodeGroup: 'blue' }, 'the end of the old node group blue of 1.33'],
  [{ gate: 'retire', hop: '1.34' }, 'the deletion of the old cluster'],
] as const)('%o is called %s', (gate, title) => {
  expect(gateTitle(gate)).toBe(title);
});
