import type { FindingSubject } from '../../contract/finding.ts';
import type { MonitoringPlace } from './types.ts';

/** What a finding is about. The panels of a dashboard are one subject: one opens it once to mend them all. */
export function subjectOf(place: MonitoringPlace): FindingSubject {
  switch (place.kind) {
    case 'alert':
      return { kind: 'Alert', name: `${place.group}/${place.name}` };
    case 'recording-rule':
      return { kind: 'RecordingRule', name: `${place.group}/${place.name}` };
    case 'panel':
      return { kind: 'Dashboard', name: place.dashboard };
    case 'autoscaler':
      return {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        namespace: place.namespace,
        name: place.name,
      };
  }
}

/** In the middle of a sentence: `the alert SchedulerSlow (group kubernetes)`. */
export function whatItIs(place: MonitoringPlace): string {
  switch (place.kind) {
    case 'alert':
      return `the alert ${place.name} (group ${place.group})`;
    case 'recording-rule':
      return `the recording rule ${place.name} (group ${place.group})`;
    case 'panel':
      return `the panel "${place.panel}" of the dashboard "${place.dashboard}"`;
    case 'autoscaler':
      return `the autoscaler ${place.namespace}/${place.name}`;
  }
}
