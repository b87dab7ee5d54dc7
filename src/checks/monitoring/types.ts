import type { MinorVersion } from '../../contract/plan.ts';

/** One metric family of a Kubernetes component in one minor version. */
export interface MetricDefinition {
  name: string;
  type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';
  labels: string[];
  stability: 'INTERNAL' | 'ALPHA' | 'BETA' | 'STABLE';
  /** The minor version that it is deprecated in. */
  deprecated?: MinorVersion;
  /** The first minor version that does not show it unless told to, by that release's own rule. */
  hidden?: MinorVersion;
  help: string;
}

/** What happens to a metric, or to some of its labels, at a hop. */
export interface MetricChange {
  name: string;
  /** The hop, by the version that it goes to. */
  at: MinorVersion;
  change: 'removed' | 'hidden' | 'deprecated' | 'labels-removed';
  /** Labels that go, with `labels-removed`. */
  labels?: string[];
  /** The metric to use instead, where the release says or suggests one, and why it is thought so. */
  heir?: { name: string; reason: string };
}

/** One place that stands on metrics: an alert, a recording rule, a panel, an autoscaler. */
export interface MetricUse {
  /** Names of metrics that the expression asks for, recording rules followed to what they stand on. */
  metrics: { name: string; labels: string[]; through?: string[] }[];
  /** Regular expressions over names (`{__name__=~"…"}`), anchored as Prometheus anchors them. */
  namePatterns: string[];
  place:
    | { kind: 'alert' | 'recording-rule'; name: string; group: string; source: string }
    | { kind: 'panel'; dashboard: string; panel: string; source: string }
    | { kind: 'autoscaler'; namespace: string; name: string; source: string };
  observedAt: string;
}

/** What was seen of rules, dashboards and autoscalers. Names and expressions' metrics only. */
export interface ObservedMonitoring {
  uses: MetricUse[];
  /** Sources that were asked, how much they held, and what could not be read; a source that failed is `unknown`. */
  coverage: {
    source: string;
    state: 'complete' | 'partial' | 'failed' | 'not-asked';
    why?: string;
    count: number;
  }[];
}
