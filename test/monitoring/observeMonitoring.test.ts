import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { monitoringFindings } from '../../src/checks/monitoring/index.ts';
import { observeMonitoring } from '../../src/monitoring/index.ts';
import { fakeConnection, list, Refusal } from '../kubernetes/fakeConnection.ts';

const now = new Date('2026-03-02T10:00:00.000Z');
const paths = {
  rules: '/apis/monitoring.coreos.com/v1/prometheusrules',
  configMaps: '/api/v1/configmaps',
  autoscalers: '/apis/autoscaling/v2/horizontalpodautoscalers',
};

const prometheusRule = {
  metadata: { namespace: 'monitoring', name: 'k8s' },
  spec: {
    groups: [
      {
        name: 'scheduler',
        rules: [
          {
            record: 'cluster:scheduling:p99',
            expr: 'histogram_quantile(0.99, sum by (le) (rate(scheduler_pod_scheduling_duration_seconds_bucket[5m])))',
          },
          { alert: 'SchedulingSlow', expr: 'cluster:scheduling:p99 > 5' },
          { alert: 'ApiErrors', expr: 'rate(apiserver_request_total{code="500"}[5m]) > 1' },
        ],
      },
    ],
  },
};
const dashboard = {
  title: 'Kubelet',
  panels: [
    {
      title: 'Plugin errors',
      targets: [{ expr: 'rate(kubelet_credential_provider_plugin_errors{job="$job"}[$__rate_interval])' }],
    },
    { title: 'Pods', targets: [{ expr: 'kubelet_running_pods' }] },
  ],
};
const configMap = {
  metadata: { namespace: 'monitoring', name: 'dashboards' },
  data: { 'kubelet.json': JSON.stringify(dashboard) },
};
const autoscaler = {
  metadata: { namespace: 'shop', name: 'web' },
  spec: {
    metrics: [
      { type: 'Resource', resource: { name: 'cpu' } },
      { type: 'External', external: { metric: { name: 'volume_operation_total_errors' } } },
      { type: 'Object', object: { metric: { name: 'queue_length' } } },
      { type: 'Pods', pods: { metric: { name: 'requests' } } },
    ],
  },
};

function cluster(routes: Record<string, unknown> = {}) {
  return fakeConnection({
    [paths.rules]: list(prometheusRule),
    [paths.configMaps]: list(configMap),
    [paths.autoscalers]: list(autoscaler),
    ...routes,
  });
}

it('says of a cluster which alert, rule, panel and autoscaler goes blind at which hop', async () => {
  const kubernetes = cluster();
  const observed = await observeMonitoring({ kubernetes }, { now });
  const steps = ['1.29', '1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36'];
  const worst = monitoringFindings(observed, steps).filter(({ message }) => message.includes('goes blind'));
  expect(
    worst.map(({ severity, hop, subject, evidence }) => [severity, hop, subject.name, evidence[0]?.source]),
  ).toEqual([
    ['blocker', '1.30', 'scheduler/cluster:scheduling:p99', 'PrometheusRule monitoring/k8s'],
    ['blocker', '1.30', 'scheduler/SchedulingSlow', 'PrometheusRule monitoring/k8s'],
    ['warning', '1.34', 'Kubelet', 'ConfigMap monitoring/dashboards, kubelet.json'],
    ['blocker', '1.36', 'web', 'HorizontalPodAutoscaler shop/web'],
  ]);
  expect(observed.coverage.map(({ source, state, count }) => [source, state, count])).toEqual([
    ['PrometheusRule objects', 'complete', 3],
    ['dashboard ConfigMaps', 'complete', 2],
    ['HorizontalPodAutoscaler objects', 'complete', 1],
  ]);
  const asked = kubernetes.asked.find(({ path }) => path === paths.configMaps);
  expect(asked?.options.query).toMatchObject({ labelSelector: 'grafana_dashboard' });
});

it('keeps no expression, no body and no credential', async () => {
  const observed = await observeMonitoring({ kubernetes: cluster() }, { now });
  expect(JSON.stringify(observed)).not.toMatch(/histogram_quantile|"500"|\$job/);
});

it('takes a cluster without the Prometheus operator as one without such objects', async () => {
  const observed = await observeMonitoring(
    { kubernetes: cluster({ [paths.rules]: new Refusal(404, 'the server could not find it') }) },
    { now },
  );
  expect(observed.coverage[0]).toMatchObject({ state: 'complete', count: 0 });
});

it('tells of a kind that may not be read, and reads the others', async () => {
  const kubernetes = cluster({ [paths.configMaps]: new Refusal(403, 'forbidden: configmaps') });
  const observed = await observeMonitoring({ kubernetes }, { now });
  expect(observed.coverage.map(({ state }) => state)).toEqual(['complete', 'failed', 'complete']);
  expect(monitoringFindings(observed, ['1.31', '1.32'])).toEqual([
    expect.objectContaining({
      severity: 'unknown',
      subject: { kind: 'Source', name: 'dashboard ConfigMaps' },
    }),
  ]);
});

it('passes over objects that are of no form', async () => {
  const broken = [
    null,
    1,
    'x',
    {},
    { spec: { groups: 'x', metrics: {} }, data: [] },
    { data: { 'a.json': 5 } },
  ];
  const kubernetes = cluster({
    [paths.rules]: list(...broken),
    [paths.configMaps]: list(...broken),
    [paths.autoscalers]: list(...broken),
  });
  const observed = await observeMonitoring({ kubernetes }, { now });
  expect(observed).toMatchObject({ uses: [], problems: [] });
});

it('follows a recording rule of the cluster from a dashboard in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-monitoring-'));
  try {
    const file = join(folder, 'd.json');
    const panels = [{ title: 'P99', targets: [{ expr: 'cluster:scheduling:p99' }] }];
    await writeFile(file, JSON.stringify({ title: 'Scheduling', panels }));
    const observed = await observeMonitoring({ dashboards: [file], kubernetes: cluster() }, { now });
    const findings = monitoringFindings(observed, ['1.29', '1.30']);
    expect(findings.find(({ subject }) => subject.name === 'Scheduling')?.message).toBe(
      'The panel "P99" of the dashboard "Scheduling" goes blind at 1.30: 1.30 hides scheduler_pod_scheduling_duration_seconds (through cluster:scheduling:p99).',
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('asks nobody that is not named', async () => {
  expect(await observeMonitoring({}, { now })).toEqual({ uses: [], coverage: [], problems: [] });
});

it('ends when it is told to', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(observeMonitoring({ kubernetes: cluster() }, { now, signal })).rejects.toThrow('enough');
});
