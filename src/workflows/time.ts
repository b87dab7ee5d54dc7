import ms from 'ms';
import type { StringValue } from 'ms';
import type { Timing } from '../contract/request.ts';

/** The workflow's own time, ISO 8601: the same in every replay. */
export function now(): string {
  return new Date().toISOString();
}

/** What a request lacks that an older release has recorded; a schema library has no place in workflow code. */
const laterDurations: Partial<Timing> = {
  drainTimeout: '15m',
  nodesTimeout: '30m',
  deregistrationWait: '60s',
  guardInterval: '30s',
  toolTimeout: '10m',
  gitTimeout: '24h',
};

type ScaledDuration = Exclude<keyof Timing, 'scale' | 'probeInterval'>;

/**
 * A time limit or interval of the request in milliseconds, times the request's one factor; at least 1 ms. One that a
 * request of an older release lacks has its default.
 */
export function scaled(timing: Timing, name: ScaledDuration): number {
  return scaledDuration(timing, { ...laterDurations, ...timing }[name]);
}

/** Any duration string in milliseconds, times the request's factor; at least 1 ms. */
export function scaledDuration(timing: Timing, duration: string): number {
  return Math.max(1, Math.round(ms(duration as StringValue) * timing.scale));
}

/** How often to probe the API server, milliseconds. It measures, so it is not scaled. */
export function probeInterval(timing: Timing): number {
  return ms(timing.probeInterval as StringValue);
}
