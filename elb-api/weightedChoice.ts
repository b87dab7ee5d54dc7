/** What can be chosen, and how often as against the others. */
export interface Weighted {
  key: string;
  /** 0 for never. */
  weight: number;
}

/**
 * Chooses by weight, the same way each time (smooth weighted round robin, as nginx has it): of any stretch as long as
 * the sum of the weights each is chosen exactly as often as its weight says, and evenly within. Other weights begin a
 * new stretch.
 */
export class WeightedChoice {
  #of = '';
  #credits = new Map<string, number>();

  /** Undefined where there is nothing that has a weight. */
  next(among: readonly Weighted[]): string | undefined {
    const total = among.reduce((sum, { weight }) => sum + weight, 0);
    if (total <= 0) return undefined;
    const of = JSON.stringify(among);
    if (of !== this.#of) {
      this.#of = of;
      this.#credits = new Map(among.map(({ key }) => [key, 0]));
    }
    let best: { key: string; credit: number } | undefined;
    for (const { key, weight } of among) {
      const credit = (this.#credits.get(key) ?? 0) + weight;
      this.#credits.set(key, credit);
      if (weight > 0 && (best === undefined || credit > best.credit)) best = { key, credit };
    }
    if (best !== undefined) this.#credits.set(best.key, best.credit - total);
    return best?.key;
  }
}
