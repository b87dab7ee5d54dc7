import { describe, expect, it } from 'vitest';
import { routerText, stepText, weightsBar, weightsText } from '../../src/contract/weightsText.ts';

describe('weights in text', () => {
  it('name both sides', () => {
    expect(weightsText({ blue: 95, green: 5 })).toBe('blue 95 %, green 5 %');
  });

  it.each([
    [100, '██████████'],
    [75, '████████░░'],
    [50, '█████░░░░░'],
    [0, '░░░░░░░░░░'],
  ])('are drawn for %i %% on blue', (blue, bar) => {
    expect(weightsBar({ blue, green: 100 - blue }, 10)).toBe(`blue ${blue} % ${bar} green ${100 - blue} %`);
  });

  it('never draw a side that has users as if it had none', () => {
    expect(weightsBar({ blue: 99, green: 1 }, 10)).toContain('█████████░');
    expect(weightsBar({ blue: 1, green: 99 }, 10)).toContain('█░░░░░░░░░');
  });
});

describe('the steps of a cutover', () => {
  it.each([
    [0, 'before the first of 3 steps (5, 25, 100 %)'],
    [2, 'on the way to the first of 3 steps (5, 25, 100 %)'],
    [5, 'step 1 of 3 (5, 25, 100 %)'],
    [30, 'step 2 of 3 (5, 25, 100 %)'],
    [100, 'step 3 of 3 (5, 25, 100 %)'],
  ])('with %i %% of the users on green are told as %s', (green, text) => {
    expect(stepText([5, 25, 100], { blue: 100 - green, green })).toBe(text);
  });
});

describe('the name of a router', () => {
  it.each([
    [
      'listener rule arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/shop/72/68/f19e of load balancer shop',
      'listener rule …/f19e of load balancer shop',
    ],
    ['weights of shop.example.com in our DNS', 'weights of shop.example.com in our DNS'],
  ])('%s is told as %s', (router, text) => {
    expect(routerText(router)).toBe(text);
  });
});
