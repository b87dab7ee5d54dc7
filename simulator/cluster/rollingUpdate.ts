/** Pure: how a Deployment's rolling update moves its Pods from the old ReplicaSets to the new one. */
import type { CountOrPercentage } from './kinds.ts';
import { resolveCount } from './quantities.ts';

export interface RolloutLimits {
  maxSurge: number;
  maxUnavailable: number;
}

/** maxSurge is rounded up, maxUnavailable down; both 0 would never move, so then one may be unavailable. */
export function rolloutLimits(
  settings: { maxSurge?: CountOrPercentage; maxUnavailable?: CountOrPercentage } | undefined,
  replicas: number,
): RolloutLimits {
  const maxSurge = resolveCount(settings?.maxSurge ?? '25%', replicas, 'up');
  const maxUnavailable = resolveCount(settings?.maxUnavailable ?? '25%', replicas, 'down');
  return {
    maxSurge,
    maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : Math.min(maxUnavailable, replicas),
  };
}

/** How many Pods a ReplicaSet is asked for, how many it still has, and how many of those are available. */
export interface ReplicaSetSize {
  wanted: number;
  present: number;
  available: number;
}

/**
 * The sizes to ask for next. There are never more than replicas + maxSurge Pods, and never fewer than
 * replicas − maxUnavailable are left available; Pods of old ReplicaSets that are not available go first.
 */
export function rollingSizes(state: {
  replicas: number;
  limits: RolloutLimits;
  current: ReplicaSetSize;
  old: ReplicaSetSize[];
}): { current: number; old: number[] } {
  const { replicas, limits, current } = state;
  const oldWanted = state.old.reduce((sum, set) => sum + set.wanted, 0);
  // What is asked to go may not have gone yet.
  const counted = [current, ...state.old].reduce((sum, set) => sum + Math.max(set.wanted, set.present), 0);
  const room = Math.max(0, replicas + limits.maxSurge - counted);
  const next = current.wanted > replicas ? replicas : Math.min(replicas, current.wanted + room);

  const leastAvailable = replicas - limits.maxUnavailable;
  const currentUnavailable = Math.max(0, current.wanted - current.available);
  let mayGo = Math.max(0, oldWanted + current.wanted - leastAvailable - currentUnavailable);
  const old = state.old.map((set) => {
    const unhealthy = Math.min(mayGo, Math.max(0, set.wanted - set.available));
    mayGo -= unhealthy;
    return set.wanted - unhealthy;
  });
  const available = state.old.reduce((sum, set) => sum + set.available, current.available);
  let availableMayGo = Math.min(mayGo, Math.max(0, available - leastAvailable));
  return {
    current: next,
    old: old.map((wanted) => {
      const going = Math.min(availableMayGo, wanted);
      availableMayGo -= going;
      return wanted - going;
    }),
  };
}
