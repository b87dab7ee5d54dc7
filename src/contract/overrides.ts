import type { Request } from './request.ts';

/** The findings that a request overrides, by their names. */
export function overrideNames({ overrides }: Pick<Request, 'overrides'>): string[] {
  return overrides.map((each) => (typeof each === 'string' ? each : each.finding));
}

/** Why, for those that it gives a reason for. */
export function overrideReasons({ overrides }: Pick<Request, 'overrides'>): Record<string, string> {
  return Object.fromEntries(
    overrides.flatMap((each) => (typeof each === 'string' ? [] : [[each.finding, each.reason]])),
  );
}
