import type { LabelSelector } from '../../plan/labelSelector.ts';
import { selects } from '../../plan/labelSelector.ts';
import type { WatchedBudget } from './watchedBudget.ts';
import type { WatchedPod } from './watchedPod.ts';

/**
 * Finds the budgets over a Pod without looking at all of them: nearly every budget demands one label with one value, so
 * it is filed under that, and a Pod asks by the few labels that it has.
 */
export class BudgetIndex {
  readonly #budgets = new Map<string, WatchedBudget>();
  readonly #files = new Map<string, Map<string, WatchedBudget>>();

  get(key: string): WatchedBudget | undefined {
    return this.#budgets.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#budgets.keys();
  }

  set(budget: WatchedBudget): void {
    const key = budgetKey(budget);
    this.delete(key);
    this.#budgets.set(key, budget);
    const name = fileOf(budget.namespace, budget.selector);
    if (name === undefined) return;
    const file = this.#files.get(name) ?? new Map<string, WatchedBudget>();
    file.set(key, budget);
    this.#files.set(name, file);
  }

  delete(key: string): void {
    const budget = this.#budgets.get(key);
    if (budget === undefined) return;
    this.#budgets.delete(key);
    const name = fileOf(budget.namespace, budget.selector);
    if (name === undefined) return;
    const file = this.#files.get(name);
    file?.delete(key);
    if (file?.size === 0) this.#files.delete(name);
  }

  /** All that select a Pod; the eviction API can do with one only. */
  over({ namespace, labels }: Pick<WatchedPod, 'namespace' | 'labels'>): WatchedBudget[] {
    const names = [
      `${namespace}/`,
      ...Object.entries(labels).map(([key, value]) => labelFile(namespace, key, value)),
    ];
    return names.flatMap((name) =>
      [...(this.#files.get(name)?.values() ?? [])].filter(({ selector }) => selects(selector, labels)),
    );
  }
}

export const budgetKey = ({ namespace, name }: { namespace: string; name: string }): string =>
  `${namespace}/${name}`;

const labelFile = (namespace: string, key: string, value: string): string => `${namespace}/${key}=${value}`;

function fileOf(namespace: string, selector: LabelSelector | undefined): string | undefined {
  if (selector === undefined) return undefined;
  const [label] = Object.entries(selector.matchLabels ?? {});
  return label === undefined ? `${namespace}/` : labelFile(namespace, ...label);
}
