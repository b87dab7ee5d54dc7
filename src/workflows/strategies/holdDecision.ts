import type { Decision, DecisionRecord } from '../../contract/workers.ts';
import { scaledDuration } from '../time.ts';
import type { Question } from '../stageMessages.ts';
import type { Roll } from './roll.ts';

export type HoldChoice = Extract<Decision, 'forward' | 'back' | 'stay'>;

/**
 * What can become of a roll that does not simply go on. Nodes that were replaced in place are gone, so that there is
 * nothing to go back to.
 */
export function holdOptions({ input }: Roll): HoldChoice[] {
  return input.stage.strategy === 'surge' ? ['forward', 'back', 'stay'] : ['forward', 'stay'];
}

/** The question with the request's default and time limit. */
export function holdQuestion(roll: Roll, about: DecisionRecord['about'], shown: string[]): Question {
  const { hold } = roll.input.request.workers;
  const options = holdOptions(roll);
  return {
    about,
    options,
    byDefault: options.includes(hold.byDefault) ? hold.byDefault : 'stay',
    timeoutMs: scaledDuration(roll.input.request.timing, hold.timeout),
    shown,
    pods: [],
  };
}

/** Thrown where a person has said what becomes of the roll, so that they are not asked again. */
export class HoldDecided extends Error {
  readonly choice: HoldChoice;

  constructor(choice: HoldChoice, why: string) {
    super(why);
    this.name = 'HoldDecided';
    this.choice = choice;
  }
}
