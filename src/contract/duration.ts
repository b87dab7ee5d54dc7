import ms from 'ms';
import type { StringValue } from 'ms';
import { z } from 'zod';

/** Longer is a slip of the pen, and no timer is meant for it. */
const longestDuration = '365d';

const durationForm = 'must be a duration such as "30s", "15m", "2h" or "1d"';

/** Milliseconds; NaN for what is no duration. */
export const durationMs = (text: string): number =>
  /^\d{1,12}(\.\d{1,6})?\s?(ms|s|m|h|d)$/.test(text) ? ms(text as StringValue) : NaN;

/** A field that holds a time limit or an interval, as text with its unit. */
export const duration = (description: string, byDefault: string) =>
  z
    .string({ error: durationForm })
    .refine((text) => durationMs(text) >= 1, { error: durationForm })
    .refine((text) => !(durationMs(text) > ms(longestDuration)), {
      error: `must be at most "${longestDuration}"`,
    })
    .default(byDefault)
    .meta({ description, format: 'duration' });
