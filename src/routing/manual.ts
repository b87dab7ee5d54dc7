import { StepladderError } from '../contract/errors.ts';
import type { ManualRouter, RoutingWeights } from '../contract/routing.ts';
import { describeWeights, sameWeights } from './routing.ts';
import type {
  Routing,
  RoutingChange,
  RoutingDescription,
  RoutingHealth,
  RoutingMemento,
  WeightsWish,
} from './routing.ts';

/**
 * Routes by asking a person, who sets the weights wherever they are set. Who calls it waits for the answer, which may
 * take days, and calls again with what was said.
 */
export class ManualRouting implements Routing {
  readonly #router: ManualRouter;
  readonly #said: RoutingWeights | undefined;

  /** @param said the weights that a person said last are set; undefined where nobody has said anything yet */
  constructor(router: ManualRouter, said?: RoutingWeights) {
    this.#router = router;
    this.#said = said;
  }

  async describe(): Promise<RoutingDescription> {
    const said = this.#said;
    return {
      router: 'a person',
      weights: said,
      greenAttached: said !== undefined && said.green > 0,
      memento: { kind: 'manual', ...(said === undefined ? {} : { weights: said }) },
      addresses: [],
      notes:
        said === undefined
          ? [
              {
                severity: 'warning',
                message:
                  'Nobody has said yet how the users are routed; it is taken for granted that all are sent to blue.',
                remedy: 'Check where the weights are set.',
              },
            ]
          : [],
    };
  }

  async setWeights({ to }: WeightsWish): Promise<RoutingChange> {
    return this.#ask(to, `Send ${to.blue} % of the users to blue and ${to.green} % to green.`);
  }

  /** Nobody is asked for what a person can't tell for sure; probes have to. */
  async health(): Promise<RoutingHealth> {
    return { blue: { state: 'not offered' }, green: { state: 'not offered' } };
  }

  async restore(before: RoutingMemento): Promise<RoutingChange> {
    if (before.kind !== 'manual') {
      throw new StepladderError('InvalidInput', 'What is to be put back was not set by a person.');
    }
    const weights = before.weights ?? allToBlue;
    return this.#ask(weights, `Put the routing back as it was: ${describeWeights(weights)}.`);
  }

  #ask(to: RoutingWeights, task: string): RoutingChange {
    const said = this.#said;
    if (said !== undefined && sameWeights(said, to)) {
      return { outcome: 'set', changed: false, before: { kind: 'manual', weights: said } };
    }
    const { instructions } = this.#router;
    const sentences = [
      task,
      ...(instructions === undefined ? [] : [instructions]),
      `Say so when that is done: it counts as ${describeWeights(to)} from then on.`,
    ];
    return { outcome: 'asked', instruction: sentences.join(' ') };
  }
}

const allToBlue: RoutingWeights = { blue: 100, green: 0 };
