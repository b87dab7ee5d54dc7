import type { MinorVersion } from '../../contract/plan.ts';

/** One metric family of a Kubernetes component in one minor version. */
export interface MetricDefinition {
  name: string;
  type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';
  /** Sorted. Absent where the sources build them in a way that can't be read from the code. */
  labels?: string[];
  stability: 'INTERNAL' | 'ALPHA' | 'BETA' | 'STABLE';
  /** The minor version that it is deprecated in. */
  deprecated?: MinorVersion;
  /** True where this minor does not show it unless `--show-hidden-metrics-for-version` says so, by its own rule. */
  hidden: boolean;
  help: string;
}

/** What happens to a metric, or to some of its labels, at a hop. */
export interface MetricChange {
  name: string;
  /** The hop, by the version that it goes to. */
  at: MinorVersion;
  change: 'removed' | 'hidden' | 'deprecated' | 'labels-removed';
  /** Labels that go, and those that come instead, with `labels-removed`. */
  labels?: string[];
  newLabels?: string[];
  /** With `removed`: it was hidden before already, so only who shows hidden metrics loses something. */
  hiddenBefore?: boolean;
  /** The metric to use instead, where the release says or suggests one, and why it is thought so. */
  heir?: { name: string; reason: string };
}

/** One metric that an expression asks for. */
export interface UsedMetric {
  name: string;
  /** Labels that the expression matches, groups by or joins on. Sorted. */
  labels: string[];
  /** Labels that stand only in `without` and `ignoring`: when they go, the result stays. Sorted. */
  ignoredLabels?: string[];
  /** The recording rules that lead to it, the nearest first. */
  through?: string[];
}

/** One place that stands on metrics: an alert, a recording rule, a panel, an autoscaler. */
export interface MetricUse {
  /** Metrics that the expression asks for, recording rules followed to what they stand on. */
  metrics: UsedMetric[];
  /** Regular expressions over names (`{__name__=~"…"}`), anchored as Prometheus anchors them. */
  namePatterns: string[];
  place: MonitoringPlace;
  /** ISO 8601. */
  observedAt: string;
}

/** Where an expression stands. `source` is what a person opens to mend it: a file, an object, an address. */
export type MonitoringPlace =
  | { kind: 'alert' | 'recording-rule'; name: string; group: string; source: string }
  | { kind: 'panel'; dashboard: string; panel: string; source: string }
  | { kind: 'autoscaler'; namespace: string; name: string; source: string };

/** Something that could not be read, so that nobody knows which metrics it stands on. */
export interface MonitoringProblem {
  source: string;
  /** Absent when the whole source could not be read. */
  place?: MonitoringPlace;
  /** `variable-name`: a metric's name is a variable of the dashboard, so it depends on who looks. */
  kind: 'unreadable' | 'variable-name';
  /** One sentence without a full stop: what is wrong. Never a whole expression or body. */
  problem: string;
  /** ISO 8601. */
  observedAt: string;
}

/** What was seen of rules, dashboards and autoscalers. Names and expressions' metrics only. */
export interface ObservedMonitoring {
  uses: MetricUse[];
  /** Sources that were asked, how much they held, and what could not be read; a source that failed is `unknown`. */
  coverage: {
    source: string;
    state: 'complete' | 'partial' | 'failed' | 'not-asked';
    /** Without a full stop. */
    why?: string;
    /** Rules, panels, autoscalers that were read. */
    count: number;
    /** ISO 8601. */
    observedAt?: string;
  }[];
  /** Expressions, files and objects that could not be read; absent in observations of older releases. */
  problems?: MonitoringProblem[];
}
