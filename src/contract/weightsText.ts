import type { RoutingWeights } from './routing.ts';

/** Where the users are sent, for a sentence: `blue 75 %, green 25 %`. */
export function weightsText({ blue, green }: RoutingWeights): string {
  return `blue ${blue} %, green ${green} %`;
}

/** The same to be seen at a glance: `blue 75 % ███████████████░░░░░ green 25 %`. The smallest share is one cell. */
export function weightsBar({ blue, green }: RoutingWeights, cells = 20): string {
  const exact = Math.round((blue / (blue + green)) * cells);
  const ofBlue = Math.min(Math.max(exact, blue > 0 ? 1 : 0), green > 0 ? cells - 1 : cells);
  return `blue ${blue} % ${'█'.repeat(ofBlue)}${'░'.repeat(cells - ofBlue)} green ${green} %`;
}

/** How far the steps have come: `step 2 of 4 (5, 25, 50, 100 %)`; `before the first of 4 steps (…)` while no user is on green. */
export function stepText(steps: readonly number[], { green }: RoutingWeights): string {
  const all = `(${steps.join(', ')} %)`;
  if (green === 0) return `before the first of ${steps.length} steps ${all}`;
  const made = steps.filter((step) => step <= green).length;
  return made === 0
    ? `on the way to the first of ${steps.length} steps ${all}`
    : `step ${made} of ${steps.length} ${all}`;
}

/** A router's name as people say it: of an ARN in it only what tells it from others of its kind, its last part. */
export function routerText(router: string): string {
  return router.replaceAll(/\barn:\S*\//g, '…/');
}
