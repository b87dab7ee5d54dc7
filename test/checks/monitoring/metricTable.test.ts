import { describe, expect, it } from 'vitest';
import { changesAt } from '../../../src/checks/monitoring/changes.ts';
import {
  familyOf,
  knownMinors,
  metricsOf,
  tableReleases,
} from '../../../src/checks/monitoring/metricTable.ts';
import type { MetricChange } from '../../../src/checks/monitoring/types.ts';

/** Each hop that changes a metric, `1.33 removed`. */
function history(name: string): string[] {
  return knownMinors.flatMap((minor, index) => {
    const before = knownMinors[index - 1];
    return (before === undefined ? [] : (changesAt(before, minor)?.get(name) ?? [])).map(tell);
  });
}

function tell({ at, change, labels, newLabels, hiddenBefore, heir }: MetricChange): string {
  return [
    at,
    change,
    ...(hiddenBefore === true ? ['(hidden before)'] : []),
    ...(labels ?? []),
    ...(newLabels === undefined ? [] : ['for', ...newLabels]),
    ...(heir === undefined ? [] : ['→', heir.name]),
  ].join(' ');
}

describe('the table of metrics', () => {
  it('holds every minor from 1.29 to 1.37, each from a release of that minor', () => {
    expect(knownMinors).toEqual(['1.29', '1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36', '1.37']);
    for (const minor of knownMinors)
      expect(tableReleases.get(minor)).toMatch(new RegExp(`^${minor}\\.\\d+$`));
  });

  it('holds several hundred metrics of each minor, with labels, stability and help', () => {
    for (const minor of knownMinors) {
      const metrics = [...(metricsOf(minor)?.values() ?? [])];
      expect(metrics.length, minor).toBeGreaterThan(400);
      // A few are defined without a help text.
      expect(metrics.filter(({ help }) => help === '').length).toBeLessThan(10);
      for (const { name, labels } of metrics) {
        expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
        expect(labels, name).toEqual(labels?.toSorted());
      }
    }
  });

  it('knows nothing of minors that it was not made of', () => {
    expect(metricsOf('1.28')).toBeUndefined();
    expect(metricsOf('1.99')).toBeUndefined();
    expect(changesAt('1.37', '1.38')).toBeUndefined();
  });

  it('holds metrics of all components, however they are defined in the code', () => {
    const table = metricsOf('1.34');
    for (const [name, type, labels] of [
      [
        'apiserver_request_total',
        'counter',
        ['code', 'component', 'dry_run', 'group', 'resource', 'scope', 'subresource', 'verb', 'version'],
      ],
      // By a custom collector.
      ['node_cpu_usage_seconds_total', 'counter', []],
      // By a function that is given the name.
      [
        'apiserver_admission_webhook_admission_duration_seconds',
        'histogram',
        ['name', 'operation', 'rejected', 'type'],
      ],
      // By a constructor of the package's own.
      ['apiserver_flowcontrol_priority_level_seat_utilization', 'histogram', ['phase', 'priority_level']],
      ['workqueue_depth', 'gauge', ['name']],
      ['rest_client_requests_total', 'counter', ['code', 'host', 'method']],
      ['kubeproxy_sync_proxy_rules_duration_seconds', 'histogram', undefined],
      ['kubernetes_healthcheck', 'gauge', ['name', 'type']],
      ['scheduler_pending_pods', 'gauge', ['queue']],
      ['kubelet_running_pods', 'gauge', []],
    ] as const) {
      const found = table?.get(name);
      expect(found?.type, name).toBe(type);
      if (labels !== undefined) expect(found?.labels, name).toEqual(labels);
    }
  });

  it('leaves out what the Go runtime and the process report', () => {
    expect([...(metricsOf('1.34')?.keys() ?? [])].filter((name) => /^(?:go|process)_/.test(name))).toEqual(
      [],
    );
  });
});

/** Facts that were looked up in the sources by hand. */
describe('what the released sources say', () => {
  it.each([
    [
      'scheduler_pod_scheduling_duration_seconds',
      [
        '1.30 hidden → scheduler_pod_scheduling_sli_duration_seconds',
        '1.33 removed (hidden before) → scheduler_pod_scheduling_sli_duration_seconds',
      ],
    ],
    [
      'kubelet_credential_provider_plugin_errors',
      ['1.34 removed → kubelet_credential_provider_plugin_errors_total'],
    ],
    // ALPHA and deprecated in 1.36: by the rule that came with 1.35 it is hidden in the same version.
    ['volume_operation_total_errors', ['1.36 hidden → volume_operation_errors_total']],
    ['apiserver_validating_admission_policy_check_total', ['1.31 labels-removed state for error_type']],
    // STABLE and deprecated in 1.34, marked so in the code from 1.35 on: shown for three versions.
    [
      'apiserver_storage_objects',
      ['1.35 deprecated → apiserver_resource_objects', '1.37 hidden → apiserver_resource_objects'],
    ],
    // ALPHA and deprecated before 1.35: the old rule shows it in the version that deprecates it.
    [
      'apiserver_flowcontrol_request_concurrency_in_use',
      [
        '1.31 deprecated → apiserver_flowcontrol_current_executing_seats',
        '1.32 hidden → apiserver_flowcontrol_current_executing_seats',
        '1.37 removed (hidden before) → apiserver_flowcontrol_current_executing_seats',
      ],
    ],
    ['etcd_requests_total', ['1.34 labels-removed type for group resource']],
    ['apiserver_request_total', []],
  ])('%s: %j', (name, expected) => {
    expect(history(name)).toEqual(expected);
  });

  it('still has each of these before it goes', () => {
    expect(metricsOf('1.29')?.get('scheduler_pod_scheduling_duration_seconds')).toMatchObject({
      stability: 'STABLE',
      deprecated: '1.29',
      hidden: false,
    });
    expect(metricsOf('1.32')?.has('scheduler_pod_scheduling_duration_seconds')).toBe(true);
    expect(metricsOf('1.33')?.has('scheduler_pod_scheduling_duration_seconds')).toBe(false);
    expect(metricsOf('1.36')?.get('volume_operation_total_errors')).toMatchObject({
      stability: 'ALPHA',
      deprecated: '1.36',
      hidden: true,
    });
    expect(metricsOf('1.37')?.has('volume_operation_total_errors')).toBe(true);
  });
});

describe('the family of a series', () => {
  const table = metricsOf('1.34') ?? new Map();

  it.each([
    ['apiserver_request_duration_seconds_bucket', 'apiserver_request_duration_seconds'],
    ['apiserver_request_duration_seconds_count', 'apiserver_request_duration_seconds'],
    ['apiserver_request_duration_seconds_sum', 'apiserver_request_duration_seconds'],
    ['apiserver_request_duration_seconds', 'apiserver_request_duration_seconds'],
    // A name of its own that only ends so.
    [
      'kubelet_container_aligned_compute_resources_count',
      'kubelet_container_aligned_compute_resources_count',
    ],
    // A counter has no buckets.
    ['apiserver_request_total_bucket', undefined],
    ['kube_pod_info', undefined],
    ['_bucket', undefined],
  ])('of %s is %s', (series, family) => {
    expect(familyOf(series, table)?.name).toBe(family);
  });
});
