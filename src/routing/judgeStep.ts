import type { ProbeResult } from '../contract/probe.ts';
import type { RoutingHealth, SideHealth } from './routing.ts';

/** One look at both clusters while users are sent to both. */
export interface StepLook {
  health: RoutingHealth;
  /** Each probe on green, and on blue where it is asked there too. */
  probes: { blue: ProbeResult | undefined; green: ProbeResult }[];
}

export interface StepVerdict {
  /** `unknown` is never a success: it holds the step until more is known or a person says. */
  verdict: 'go on' | 'return' | 'unknown';
  why: string[];
}

/**
 * Whether green serves its users as well as blue does. What fails on both is not green's doing: it is no reason to go
 * back, and none to go on. There is no going back to a blue that has nothing healthy.
 */
export function judgeStep({ health, probes }: StepLook): StepVerdict {
  const opinions = [judgeTargets(health), ...probes.map(judgeProbe)];
  const said = (verdict: Opinion['verdict']) =>
    opinions.filter((opinion) => opinion.verdict === verdict).map(({ why }) => why);
  const [worse, unknown, good] = [said('return'), said('unknown'), said('go on')];
  if (worse.length > 0) {
    const { blue } = health;
    if (blue.state === 'known' && blue.healthy === 0) {
      return { verdict: 'unknown', why: [...worse, 'Blue has no healthy target to go back to.'] };
    }
    return { verdict: 'return', why: worse };
  }
  if (unknown.length > 0) return { verdict: 'unknown', why: unknown };
  if (good.length === 0) {
    return { verdict: 'unknown', why: ['Neither the router nor a probe tells how green serves its users.'] };
  }
  return { verdict: 'go on', why: good };
}

interface Opinion {
  verdict: StepVerdict['verdict'] | 'none';
  why: string;
}

function judgeTargets({ blue, green }: RoutingHealth): Opinion {
  if (green.state === 'not offered') return { verdict: 'none', why: '' };
  if (green.state === 'unknown') return { verdict: 'unknown', why: green.why };
  const counted = `${green.healthy} of ${judged(green)} targets of green are healthy`;
  if (green.healthy === 0) return { verdict: 'return', why: 'Green has no healthy target.' };
  if (green.unhealthy === 0) return { verdict: 'go on', why: `${counted}.` };
  if (blue.state !== 'known') {
    return { verdict: 'unknown', why: `${counted}, and nothing is known of those of blue.` };
  }
  const ofBlue = `${blue.healthy} of ${judged(blue)} of blue`;
  // Crosswise, so that nothing is divided by nothing.
  const worse = green.healthy * judged(blue) < blue.healthy * judged(green);
  return worse
    ? { verdict: 'return', why: `${counted}, and ${ofBlue}.` }
    : { verdict: 'unknown', why: `${counted}, and no more on blue: ${ofBlue}.` };
}

const judged = ({ healthy, unhealthy }: Extract<SideHealth, { state: 'known' }>): number =>
  healthy + unhealthy;

function judgeProbe({ blue, green }: StepLook['probes'][number]): Opinion {
  const { name, state, why } = green;
  if (state === 'holds') return { verdict: 'go on', why: `${name} holds on green.` };
  if (state === 'unknown') return { verdict: 'unknown', why: `${name} on green: ${why}` };
  if (blue === undefined) return { verdict: 'return', why: `${name} fails on green: ${why}` };
  switch (blue.state) {
    case 'holds':
      return { verdict: 'return', why: `${name} holds on blue and fails on green: ${why}` };
    case 'fails':
      return { verdict: 'unknown', why: `${name} fails on both clusters: ${why}` };
    case 'unknown':
      return { verdict: 'unknown', why: `${name} fails on green, and nothing is known of blue: ${blue.why}` };
  }
}

/** What becomes of a step by all looks at it so far. */
export type SoakVerdict =
  | { verdict: 'go on' | 'return'; why: string[] }
  /** Look again. */
  | { verdict: 'watch' }
  /** The time is over and the last look was not a good one. */
  | { verdict: 'unknown'; why: string[] };

/**
 * Judges a step's soak: back as soon as so many looks in a row say so, on when its time is over and the last look is
 * good.
 *
 * @param looks verdicts of the looks at this step, the last one last
 */
export function judgeSoak(
  looks: readonly StepVerdict[],
  { badLooks, isOver }: { badLooks: number; isOver: boolean },
): SoakVerdict {
  const last = looks.at(-1);
  const latest = looks.slice(-badLooks);
  if (
    last !== undefined &&
    latest.length === badLooks &&
    latest.every(({ verdict }) => verdict === 'return')
  ) {
    return { verdict: 'return', why: last.why };
  }
  if (!isOver) return { verdict: 'watch' };
  if (last === undefined) return { verdict: 'unknown', why: ['Nobody has looked at this step.'] };
  switch (last.verdict) {
    case 'go on':
      return { verdict: 'go on', why: last.why };
    case 'return':
      // One bad look is told apart from a bad step by looking once more.
      return { verdict: 'watch' };
    case 'unknown':
      return { verdict: 'unknown', why: last.why };
  }
}
