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
