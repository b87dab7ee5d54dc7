const suffixes: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A Kubernetes quantity (`250m`, `1.5Gi`, `1e3`, 2) as a number; NaN for what is none. */
export function parseQuantity(quantity: string | number | undefined): number {
  if (quantity === undefined) return 0;
  if (typeof quantity === 'number') return quantity;
  const match = /^([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(quantity.trim());
  if (match === null) return Number.NaN;
  const [, digits = '', suffix = ''] = match;
  return suffix === '' ? Number(digits) : Number(digits) * (suffixes[suffix] ?? Number.NaN);
}

/**
 * A number, or a percentage of a total rounded up or down, as Kubernetes resolves `maxSurge`, `minAvailable` and the
 * like. What is neither counts as 0.
 */
export function resolveCount(
  value: number | string | undefined,
  total: number,
  rounding: 'up' | 'down',
): number {
  if (typeof value === 'number') return value;
  const percentage = /^(\d+)%$/.exec(value ?? '')?.[1];
  if (percentage === undefined) return 0;
  // Whole numbers all through: 0.07 * 100 is a little more than 7.
  const exact = (Number(percentage) * total) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
