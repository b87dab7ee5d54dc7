import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../src/contract/probe.ts';
import { judgeSoak, judgeStep } from '../../src/routing/judgeStep.ts';
import type { StepLook, StepVerdict } from '../../src/routing/judgeStep.ts';
import type { SideHealth } from '../../src/routing/routing.ts';

const targets = (healthy: number, unhealthy = 0, starting = 0): SideHealth => ({
  state: 'known',
  healthy,
  unhealthy,
  starting,
  leaving: 0,
});
const unknown: SideHealth = { state: 'unknown', why: 'Nobody says.' };
const none: SideHealth = { state: 'not offered' };
const probe = (state: ProbeResult['state']): ProbeResult => ({
  name: 'shop',
  state,
  why: `It ${state}.`,
  asked: 3,
  inARow: 0,
});
type State = ProbeResult['state'];
const probes = (...pairs: [State | undefined, State][]): StepLook['probes'] =>
  pairs.map(([blue, green]) => ({
    blue: blue === undefined ? undefined : probe(blue),
    green: probe(green),
  }));

describe('a look at a step', () => {
  it.each<[string, SideHealth, SideHealth, StepLook['probes'], StepVerdict['verdict'], RegExp]>([
    ['all healthy', targets(3), targets(3), [], 'go on', /3 of 3 targets of green are healthy/],
    ['fewer targets, all healthy', targets(9), targets(3), [], 'go on', /3 of 3/],
    ['some that are starting', targets(3), targets(2, 0, 1), [], 'go on', /2 of 2/],
    [
      'green with an ill one',
      targets(3),
      targets(2, 1),
      [],
      'return',
      /2 of 3 targets of green.*3 of 3 of blue/,
    ],
    ['green worse than an ill blue', targets(2, 1), targets(1, 2), [], 'return', /1 of 3.*2 of 3 of blue/],
    ['both as ill', targets(2, 1), targets(2, 1), [], 'unknown', /no more on blue/],
    ['green less ill', targets(1, 2), targets(2, 1), [], 'unknown', /no more on blue/],
    ['green less ill with fewer', targets(4, 4), targets(2, 1), [], 'unknown', /no more on blue/],
    ['green with none', targets(3), targets(0), [], 'return', /no healthy target/],
    ['green with none yet', targets(3), targets(0, 0, 3), [], 'return', /no healthy target/],
    ['neither with any', targets(0, 3), targets(0, 3), [], 'unknown', /no healthy target to go back to/],
    ['green ill, blue unknown', unknown, targets(2, 1), [], 'unknown', /nothing is known of those of blue/],
    ['green well, blue unknown', unknown, targets(3), [], 'go on', /3 of 3/],
    ['green unknown', targets(3), unknown, [], 'unknown', /Nobody says/],
    ['nothing that tells', none, none, [], 'unknown', /Neither the router nor a probe/],

    ['a probe that holds on both', none, none, probes(['holds', 'holds']), 'go on', /shop holds on green/],
    ['a probe of green alone that holds', none, none, probes([undefined, 'holds']), 'go on', /holds/],
    [
      'a probe of green alone that fails',
      none,
      none,
      probes([undefined, 'fails']),
      'return',
      /fails on green/,
    ],
    [
      'a probe of green alone that is unknown',
      none,
      none,
      probes([undefined, 'unknown']),
      'unknown',
      /on green/,
    ],
    [
      'a probe that fails on green',
      none,
      none,
      probes(['holds', 'fails']),
      'return',
      /holds on blue and fails on green/,
    ],
    ['a probe that fails on both', none, none, probes(['fails', 'fails']), 'unknown', /fails on both/],
    ['a probe that fails on blue', none, none, probes(['fails', 'holds']), 'go on', /holds on green/],
    [
      'a probe that is unknown on green',
      none,
      none,
      probes(['holds', 'unknown']),
      'unknown',
      /shop on green/,
    ],
    [
      'a probe that is unknown on both',
      none,
      none,
      probes(['unknown', 'unknown']),
      'unknown',
      /shop on green/,
    ],
    [
      'a failing one, blue unknown',
      none,
      none,
      probes(['unknown', 'fails']),
      'unknown',
      /nothing is known of blue/,
    ],

    [
      'good targets, bad probe',
      targets(3),
      targets(3),
      probes(['holds', 'fails']),
      'return',
      /fails on green/,
    ],
    ['bad targets, good probe', targets(3), targets(2, 1), probes(['holds', 'holds']), 'return', /2 of 3/],
    ['good targets, unknown probe', targets(3), targets(3), probes(['holds', 'unknown']), 'unknown', /shop/],
    ['unknown targets, good probe', targets(3), unknown, probes(['holds', 'holds']), 'unknown', /Nobody/],
    [
      'unknown targets, bad probe',
      targets(3),
      unknown,
      probes(['holds', 'fails']),
      'return',
      /fails on green/,
    ],
    [
      'a bad probe, blue dead',
      targets(0, 3),
      targets(3),
      probes([undefined, 'fails']),
      'unknown',
      /go back to/,
    ],
    [
      'one bad of two probes',
      none,
      none,
      probes(['holds', 'holds'], ['holds', 'fails']),
      'return',
      /^shop holds on blue and fails/,
    ],
  ])('with %s', (_, blue, green, asked, verdict, why) => {
    const judged = judgeStep({ health: { blue, green }, probes: asked });
    expect(judged.verdict).toBe(verdict);
    expect(judged.why.join(' ')).toMatch(why);
  });
});

describe('a soak', () => {
  const looks = (text: string): StepVerdict[] =>
    Array.from(text, (letter) => ({
      verdict: letter === '+' ? 'go on' : letter === '-' ? 'return' : 'unknown',
      why: [letter],
    }));
  it.each([
    ['', false, 'watch'],
    ['+++', false, 'watch'],
    ['+++', true, 'go on'],
    ['-', false, 'watch'],
    ['+-', false, 'watch'],
    ['+-', true, 'watch'],
    ['+-+', true, 'go on'],
    ['--', false, 'return'],
    ['+--', false, 'return'],
    ['--+', true, 'go on'],
    ['-?-', false, 'watch'],
    ['?', false, 'watch'],
    ['+?', true, 'unknown'],
    ['?+', true, 'go on'],
    ['', true, 'unknown'],
  ])('with looks "%s", over: %s', (text, isOver, verdict) => {
    expect(judgeSoak(looks(text), { badLooks: 2, isOver }).verdict).toBe(verdict);
  });

  it('goes back at the first bad look where that is wanted', () => {
    expect(judgeSoak(looks('+-'), { badLooks: 1, isOver: false })).toEqual({ verdict: 'return', why: ['-'] });
  });
});
