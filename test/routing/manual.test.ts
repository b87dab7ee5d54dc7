import { describe, expect, it } from 'vitest';
import type { RoutingWeights } from '../../src/contract/routing.ts';
import { ManualRouting } from '../../src/routing/manual.ts';

const at = (green: number): RoutingWeights => ({ blue: 100 - green, green });

describe('routing by hand', () => {
  it('asks for the weights, with what the person should know', async () => {
    const routing = new ManualRouting({ instructions: 'Route 53, record shop.example.com.' });
    expect(await routing.setWeights({ to: at(25) })).toEqual({
      outcome: 'asked',
      instruction:
        'Send 75 % of the users to blue and 25 % to green. Route 53, record shop.example.com. Say so when that is done: it counts as blue 75, green 25 from then on.',
    });
  });

  it('asks no more when a person has said that it is done', async () => {
    const routing = new ManualRouting({}, at(25));
    expect(await routing.setWeights({ to: at(25) })).toEqual({
      outcome: 'set',
      changed: false,
      before: { kind: 'manual', weights: at(25) },
    });
    expect(await routing.setWeights({ to: at(50) })).toMatchObject({ outcome: 'asked' });
  });

  it('says what it knows, and of nobody’s health', async () => {
    expect(await new ManualRouting({}).describe()).toMatchObject({
      weights: undefined,
      greenAttached: false,
      notes: [{ severity: 'warning' }],
    });
    expect(await new ManualRouting({}, at(5)).describe()).toMatchObject({
      weights: at(5),
      memento: { kind: 'manual', weights: at(5) },
      notes: [],
    });
    expect(await new ManualRouting({}).health()).toEqual({
      blue: { state: 'not offered' },
      green: { state: 'not offered' },
    });
  });

  it('asks to put back what there was: all to blue where nothing was said', async () => {
    const routing = new ManualRouting({}, at(50));
    expect(await routing.restore({ kind: 'manual' })).toMatchObject({
      outcome: 'asked',
      instruction: expect.stringContaining('blue 100, green 0'),
    });
    expect(await routing.restore({ kind: 'manual', weights: at(50) })).toMatchObject({ changed: false });
    const ofAlb = { kind: 'alb' as const, of: 'arn:x', targetGroups: [] };
    await expect(routing.restore(ofAlb)).rejects.toMatchObject({ type: 'InvalidInput' });
  });
});
