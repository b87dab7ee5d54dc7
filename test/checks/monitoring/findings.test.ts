import { describe, expect, it } from 'vitest';
import { monitoringFindings } from '../../../src/checks/monitoring/index.ts';
import { findingKey } from '../../../src/checks/index.ts';
import type {
  MetricUse,
  MonitoringPlace,
  ObservedMonitoring,
  UsedMetric,
} from '../../../src/checks/monitoring/types.ts';
import { observe, plan } from '../../plan/fixtures.ts';

const observedAt = '2026-03-02T10:00:00.000Z';
const alert: MonitoringPlace = { kind: 'alert', name: 'Slow', group: 'k8s', source: 'rules.yaml' };
const rule: MonitoringPlace = { ...alert, kind: 'recording-rule', name: 'job:slow' };
const panel: MonitoringPlace = { kind: 'panel', dashboard: 'Scheduler', panel: 'Latency', source: 'd.json' };
const autoscaler: MonitoringPlace = {
  kind: 'autoscaler',
  namespace: 'shop',
  name: 'web',
  source: 'HorizontalPodAutoscaler shop/web',
};

const hiddenAt30 = 'scheduler_pod_scheduling_duration_seconds';
const goneAt34 = 'kubelet_credential_provider_plugin_errors';
const hiddenAt36 = 'volume_operation_total_errors';
const loosesStateAt31 = 'apiserver_validating_admission_policy_check_total';

function use(place: MonitoringPlace, ...metrics: (string | UsedMetric)[]): MetricUse {
  return {
    metrics: metrics.map((metric) => (typeof metric === 'string' ? { name: metric, labels: [] } : metric)),
    namePatterns: [],
    place,
    observedAt,
  };
}

function matching(place: MonitoringPlace, ...namePatterns: string[]): MetricUse {
  return { metrics: [], namePatterns, place, observedAt };
}

function observed(uses: MetricUse[], rest: Partial<ObservedMonitoring> = {}): ObservedMonitoring {
  return { uses, coverage: [], ...rest };
}

function findings(
  uses: MetricUse[],
  steps = ['1.29', '1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36'],
) {
  return monitoringFindings(observed(uses), steps);
}

/** As `severity key @hop`. */
function found(...given: Parameters<typeof findings>): string[] {
  return findings(...given).map(
    (finding) => `${finding.severity} ${findingKey(finding)} @${finding.hop ?? ''}`,
  );
}

describe('it speaks', () => {
  it.each([
    [alert, 'blocker monitoring/Alert/k8s/Slow @1.34'],
    [rule, 'blocker monitoring/RecordingRule/k8s/job:slow @1.34'],
    [autoscaler, 'blocker monitoring/HorizontalPodAutoscaler/shop/web @1.34'],
    [panel, 'warning monitoring/Dashboard/Scheduler @1.34'],
  ])('of $kind that stands on a metric that is removed', (place, expected) => {
    expect(found([use(place, goneAt34)])).toEqual([expected]);
  });

  it('of one that is hidden, at the hop that hides it, and less loudly where it is removed later', () => {
    expect(found([use(alert, `${hiddenAt30}_bucket`)])).toEqual([
      'blocker monitoring/Alert/k8s/Slow @1.30',
      'warning monitoring/Alert/k8s/Slow @1.33',
    ]);
    expect(found([use(alert, hiddenAt36)])).toEqual(['blocker monitoring/Alert/k8s/Slow @1.36']);
  });

  it('of one that is deprecated, as information', () => {
    expect(found([use(alert, 'apiserver_storage_objects')])).toEqual([
      'info monitoring/Alert/k8s/Slow @1.35',
    ]);
  });

  it('of a label that goes, where the expression needs it', () => {
    expect(found([use(alert, { name: loosesStateAt31, labels: ['policy', 'state'] })])).toEqual([
      'blocker monitoring/Alert/k8s/Slow @1.31',
    ]);
    expect(found([use(panel, { name: loosesStateAt31, labels: ['state'] })])).toEqual([
      'warning monitoring/Dashboard/Scheduler @1.31',
    ]);
  });

  it('of a label that goes and is only left aside, as information', () => {
    const aside = { name: loosesStateAt31, labels: ['policy'], ignoredLabels: ['state'] };
    expect(found([use(alert, aside)])).toEqual(['info monitoring/Alert/k8s/Slow @1.31']);
  });

  it('of a pattern of which nothing is left, and less loudly of one that loses a part', () => {
    expect(found([matching(alert, 'kubelet_credential_provider_plugin_errors')])).toEqual([
      'blocker monitoring/Alert/k8s/Slow @1.34',
    ]);
    expect(found([matching(alert, 'kubelet_credential_provider_.*')])).toEqual([
      'warning monitoring/Alert/k8s/Slow @1.34',
    ]);
    expect(found([matching(panel, 'kubelet_credential_provider_.*')])).toEqual([
      'info monitoring/Dashboard/Scheduler @1.34',
    ]);
  });

  it('once for a dashboard and hop, with the panels that fare worst', () => {
    const second = { ...panel, panel: 'Errors' };
    const [finding, ...others] = findings([use(panel, goneAt34), use(second, goneAt34)]);
    expect(others).toEqual([]);
    expect(finding?.message).toBe(
      'The dashboard "Scheduler", in 2 panels ("Latency", "Errors"), goes blind at 1.34: 1.34 does not have kubelet_credential_provider_plugin_errors any more.',
    );
  });

  it('once for an alert that was found in two places, with both as evidence', () => {
    const [finding, ...others] = findings([
      use(alert, goneAt34),
      use({ ...alert, source: 'Prometheus at http://p' }, goneAt34),
    ]);
    expect(others).toEqual([]);
    expect(finding?.evidence).toEqual([
      { source: 'rules.yaml', observedAt },
      { source: 'Prometheus at http://p', observedAt },
    ]);
  });

  it('in sentences that name the alert, the hop, the metric, the way to it, its heir and why', () => {
    const [hidden, removed] = findings([
      use(alert, { name: `${hiddenAt30}_bucket`, labels: [], through: ['job:latency:p99'] }),
    ]);
    expect(hidden?.message).toBe(
      'The alert Slow (group k8s) goes blind at 1.30: 1.30 hides scheduler_pod_scheduling_duration_seconds (through job:latency:p99).',
    );
    expect(hidden?.remedy).toMatch(
      /^Use scheduler_pod_scheduling_sli_duration_seconds instead of scheduler_pod_scheduling_duration_seconds \(proposed because its name and its help text are much the same\)\. .*--show-hidden-metrics-for-version/,
    );
    expect(removed?.message).toMatch(/which was hidden before/);
    const [label] = findings([use(alert, { name: loosesStateAt31, labels: ['state'] })]);
    expect(label?.message).toContain(`at 1.31 ${loosesStateAt31} loses the label state`);
    expect(label?.remedy).toContain('or use what came in this version: error_type');
  });
});

describe('it is silent', () => {
  it.each([
    ['a metric that stays', use(alert, 'apiserver_request_total', 'scheduler_pending_pods')],
    ['a histogram that stays', use(alert, 'apiserver_request_duration_seconds_bucket')],
    ["a metric that is not Kubernetes' own", use(alert, 'kube_pod_info', 'http_requests_total', 'up')],
    ['the heir', use(alert, `${goneAt34}_total`)],
    ['a metric that has no such series', use(alert, `${goneAt34}_bucket`)],
    ['a label that stays', use(alert, { name: loosesStateAt31, labels: ['policy', 'enforcement_action'] })],
    ['a pattern that matches nothing that changes', matching(alert, 'apiserver_request_.*|kube_.*')],
    ['a pattern that would match inside a name only', matching(alert, 'credential_provider_plugin_errors')],
  ])('about %s', (_what, given) => {
    expect(found([given])).toEqual([]);
  });

  it('about what goes at a hop that is not on the way', () => {
    expect(found([use(alert, goneAt34)], ['1.31', '1.32', '1.33'])).toEqual([]);
    expect(found([use(alert, goneAt34)], ['1.34', '1.35'])).toEqual([]);
    expect(found([use(alert, goneAt34)], ['1.33'])).toEqual([]);
  });
});

describe('it says when it can not know', () => {
  it.each([
    ['failed', 'Which metrics Prometheus stands on could not be seen: it answered with HTTP 503.'],
    ['partial', 'Only part of Prometheus could be looked at (0 read): it answered with HTTP 503.'],
  ] as const)('what a source that %s holds', (state, message) => {
    const [finding, ...others] = monitoringFindings(
      observed([], {
        coverage: [{ source: 'Prometheus', state, why: 'it answered with HTTP 503', count: 0, observedAt }],
      }),
      ['1.31', '1.32'],
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'unknown', message, subject: { kind: 'Source' } });
  });

  it('nothing of sources that were read, or not asked', () => {
    const coverage = [
      { source: 'a', state: 'complete' as const, count: 3 },
      { source: 'b', state: 'not-asked' as const, count: 0 },
    ];
    expect(monitoringFindings(observed([], { coverage }), ['1.31', '1.32'])).toEqual([]);
  });

  it.each([
    [alert, 'unreadable', 'unknown monitoring/Alert/k8s/Slow @'],
    [rule, 'unreadable', 'unknown monitoring/RecordingRule/k8s/job:slow @'],
    [panel, 'unreadable', 'warning monitoring/Dashboard/Scheduler @'],
    [panel, 'variable-name', 'info monitoring/Dashboard/Scheduler @'],
    [undefined, 'unreadable', 'unknown monitoring/Source/rules.yaml @'],
  ] as const)('what %o stands on that is %s', (place, kind, expected) => {
    const problems = [
      {
        source: 'rules.yaml',
        ...(place === undefined ? {} : { place }),
        kind,
        problem: 'it is no PromQL',
        observedAt,
      },
    ];
    const [finding] = monitoringFindings(observed([], { problems }), ['1.31', '1.32']);
    expect(`${finding?.severity ?? ''} ${finding === undefined ? '' : findingKey(finding)} @`).toBe(expected);
    expect(finding?.message).toMatch(/ can't be told: it is no PromQL\.$/);
  });

  it('what a pattern matches that can not be judged, once and not at every hop', () => {
    expect(found([matching(alert, '(?=x)y')])).toEqual(['unknown monitoring/Alert/k8s/Slow @']);
    expect(found([matching(panel, '(')])).toEqual(['warning monitoring/Dashboard/Scheduler @']);
  });

  it('what goes at a version that the table does not hold', () => {
    const [finding, ...others] = findings([use(alert, goneAt34)], ['1.37', '1.38']);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'unknown', hop: '1.38', subject: { kind: 'Version' } });
    expect(finding?.message).toContain('1.29 to 1.37');
  });
});

describe('as one of the checks of an upgrade', () => {
  it('judges the hops of the plan', () => {
    const monitoring = observed([use(alert, { name: loosesStateAt31, labels: [] }, 'etcd_requests_total')]);
    const uses = [use(alert, { name: 'etcd_requests_total', labels: ['type'] })];
    const of = (given: ObservedMonitoring, targetVersion: string) =>
      plan(observe({ monitoring: given }), { targetVersion }).findings.filter(
        ({ check }) => check === 'monitoring',
      );
    expect(of(monitoring, '1.35')).toEqual([]);
    expect(of(observed(uses), '1.33')).toEqual([]);
    expect(of(observed(uses), '1.34').map(({ severity, hop }) => ({ severity, hop }))).toEqual([
      { severity: 'blocker', hop: '1.34' },
    ]);
  });

  it('says nothing where nobody looked', () => {
    expect(plan(observe()).findings.filter(({ check }) => check === 'monitoring')).toEqual([]);
  });
});
