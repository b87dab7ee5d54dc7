/** How the containers of a Pod behave, which a real image would decide: told by annotations on the Pod. */
import type { ScenarioTimings } from './scenario.ts';

export const behaviourAnnotations = {
  startSeconds: 'scenario.stepladder/start-seconds',
  stopSeconds: 'scenario.stepladder/stop-seconds',
  runSeconds: 'scenario.stepladder/run-seconds',
  /** `true`: the image can't be pulled. */
  brokenImage: 'scenario.stepladder/broken-image',
} as const;

export interface PodBehaviour {
  startSeconds: number;
  stopSeconds: number;
  /** How long a Pod that does not restart runs until it succeeds. */
  runSeconds: number;
  brokenImage: boolean;
}

export function behaviourOf(
  pod: { metadata: { annotations?: Record<string, string> } },
  timings: ScenarioTimings,
): PodBehaviour {
  const annotations = pod.metadata.annotations;
  const seconds = (key: string, otherwise: number): number => {
    const value = Number(annotations?.[key] ?? otherwise);
    return value >= 0 ? value : otherwise;
  };
  return {
    startSeconds: seconds(behaviourAnnotations.startSeconds, timings.podStart),
    stopSeconds: seconds(behaviourAnnotations.stopSeconds, timings.podStop),
    runSeconds: seconds(behaviourAnnotations.runSeconds, 30),
    brokenImage: annotations?.[behaviourAnnotations.brokenImage] === 'true',
  };
}
