/**
 * What KWOK does in a kubelet's place, as its stage configuration: nodes register and become Ready, Pods start, run,
 * end and fail as their annotations say. Times are the scenario's, divided by the speed.
 */
import { stringify } from 'yaml';
import { behaviourAnnotations } from '../../scenario/behaviour.ts';
import type { ScenarioTimings } from '../../scenario/scenario.ts';

/**
 * Label of the nodes that KWOK is the kubelet of. A node that loses it falls silent: its lease is renewed no more. KWOK
 * does not notice when an annotation comes or goes.
 */
export const kubeletLabel = 'lab.stepladder/kubelet';
export const kubeletRuns = 'runs';

/** Annotation of a Pod that shall fail: `true` makes its containers crash, anything else lets them run again. */
export const failingAnnotation = 'lab.stepladder/failing';

interface Expression {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

const alive: Expression = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const annotated = (name: string, operator: 'In' | 'NotIn', value: string): Expression => ({
  key: `.metadata.annotations["${name}"]`,
  operator,
  values: [value],
});
const condition = (type: string, value: string): Expression => ({
  key: `.status.conditions.[] | select( .type == "${type}" ) | .status`,
  operator: 'In',
  values: [value],
});
const phase = (...values: string[]): Expression => ({ key: '.status.phase', operator: 'In', values });
/** As `phase`, for a Pod that no kubelet has looked at yet: the API server has set Pending. */
const untouched: Expression = { key: '.status.startTime', operator: 'DoesNotExist' };
const restarts = (...values: string[]): Expression => ({
  key: '.spec.restartPolicy',
  operator: 'In',
  values,
});

/** The whole configuration: one YAML document a stage. */
export function kwokConfiguration(timings: ScenarioTimings, speed: number): string {
  return stages(timings, speed)
    .map((stage) => stringify(stage))
    .join('---\n');
}

function stages(timings: ScenarioTimings, speed: number): object[] {
  const after = (annotation: string, otherwise: number) => milliseconds(annotation, otherwise, speed);
  const { startSeconds, stopSeconds, runSeconds, brokenImage } = behaviourAnnotations;
  const broken = annotated(brokenImage, 'In', 'true');
  const sound = annotated(brokenImage, 'NotIn', 'true');
  const wellBehaved = annotated(failingAnnotation, 'NotIn', 'true');
  return [
    stage(
      'node-initialize',
      'Node',
      [{ key: condition('Ready', '').key, operator: 'NotIn', values: ['True'] }],
      { statusTemplate: nodeStatus },
    ),
    stage('pod-create', 'Pod', [alive, untouched], { statusTemplate: creating('ContainerCreating') }),
    stage(
      'pod-image-pull-back-off',
      'Pod',
      [alive, broken, { key: '.status.startTime', operator: 'Exists' }, waiting('NotIn', 'ImagePullBackOff')],
      { statusTemplate: containersWaiting('ImagePullBackOff', 'Back-off pulling image') },
    ),
    stage(
      'pod-ready',
      'Pod',
      [alive, sound, wellBehaved, { key: '.status.startTime', operator: 'Exists' }, phase('Pending')],
      { statusTemplate: running },
      after(startSeconds, timings.podStart),
    ),
    stage(
      'pod-crash',
      'Pod',
      [alive, annotated(failingAnnotation, 'In', 'true'), condition('Ready', 'True')],
      { statusTemplate: containersWaiting('CrashLoopBackOff', 'back-off restarting failed container') },
    ),
    stage(
      'pod-recover',
      'Pod',
      [alive, wellBehaved, phase('Running'), condition('Ready', 'False')],
      { statusTemplate: running },
      after(startSeconds, timings.podStart),
    ),
    stage(
      'pod-complete',
      'Pod',
      [alive, restarts('Never', 'OnFailure'), phase('Running'), condition('Ready', 'True')],
      { statusTemplate: succeeded },
      after(runSeconds, 30),
    ),
    stage(
      'pod-delete',
      'Pod',
      [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }],
      { finalizers: { empty: true }, delete: true },
      // Never longer than the grace period, at whose end a kubelet kills.
      `[ ${stoppingMilliseconds(stopSeconds, timings.podStop, speed)}, (.metadata.deletionGracePeriodSeconds // 30) * 1000 ] | min | floor | tostring + "ms"`,
    ),
  ];
}

/** An expression for a duration: the annotation's seconds, or others, by the speed. */
function milliseconds(annotation: string, otherwise: number, speed: number): string {
  return `${stoppingMilliseconds(annotation, otherwise, speed)} | floor | tostring + "ms"`;
}

const stoppingMilliseconds = (annotation: string, otherwise: number, speed: number): string =>
  `((.metadata.annotations["${annotation}"] // "${otherwise}") | tonumber * 1000 / ${speed})`;

function waiting(operator: 'In' | 'NotIn', reason: string): Expression {
  return { key: '.status.containerStatuses.[].state.waiting.reason', operator, values: [reason] };
}

function stage(
  name: string,
  kind: 'Node' | 'Pod',
  matchExpressions: Expression[],
  next: object,
  delay?: string,
): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind },
      selector: { matchExpressions },
      ...(delay === undefined ? {} : { delay: { durationFrom: { expressionFrom: delay } } }),
      next,
    },
  };
}

/** Only the conditions: the rest was registered with the node. */
const nodeStatus = `
{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
  message: {{ .message | Quote }}
  reason: {{ .reason | Quote }}
  status: {{ .status | Quote }}
  type: {{ .type | Quote }}
{{ end }}
phase: Running
`;

const conditionsOf = (truths: Record<string, boolean>, reason: string): string =>
  Object.entries(truths)
    .map(([type, holds]) =>
      [
        `- type: ${type}`,
        `  status: "${holds ? 'True' : 'False'}"`,
        '  lastProbeTime: null',
        '  lastTransitionTime: {{ $now | Quote }}',
        `  reason: "${holds ? '' : reason}"`,
        "  message: ''",
      ].join('\n'),
    )
    .join('\n');

const unready = conditionsOf(
  { PodReadyToStartContainers: true, Initialized: true, Ready: false, ContainersReady: false },
  'ContainersNotReady',
);

const containers = (ready: boolean, state: string): string => `
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ''
  ready: ${ready}
  started: ${ready}
  restartCount: 0
  state:
    ${state}
{{ end }}
`;

const creating = (reason: string): string => `
{{ $now := Now }}
phase: Pending
startTime: {{ $now | Quote }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
conditions:
${unready}
${containers(false, `waiting: { reason: ${reason} }`)}
`;

const containersWaiting = (reason: string, message: string): string => `
{{ $now := Now }}
conditions:
${unready}
${containers(false, `waiting: { reason: ${reason}, message: ${message} }`)}
`;

const running = `
{{ $now := Now }}
phase: Running
conditions:
${conditionsOf({ PodReadyToStartContainers: true, Initialized: true, Ready: true, ContainersReady: true }, '')}
${containers(true, 'running: { startedAt: {{ $now | Quote }} }')}
`;

const succeeded = `
{{ $now := Now }}
phase: Succeeded
conditions:
${conditionsOf({ Ready: false, ContainersReady: false }, 'PodCompleted')}
${containers(false, 'terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} }')}
`;
