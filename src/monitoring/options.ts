import type { KubernetesConnection } from '../kubernetes/connection.ts';

/** Where a Prometheus answers, and which environment variables hold what it wants to hear. */
export interface PrometheusAddress {
  /** Base address, `https://prometheus.example.com`; a path in front of `/api/v1` stays. */
  url: string;
  /** Names of environment variables, never their values: a bearer token, or user and password. */
  tokenVariable?: string;
  usernameVariable?: string;
  passwordVariable?: string;
}

/** What is to be looked at. A source that is not named is not asked. */
export interface MonitoringSources {
  /** Files and folders with Prometheus rule files or PrometheusRule objects (YAML, JSON). */
  rules?: readonly string[];
  /** Files and folders with Grafana dashboards (JSON), or ConfigMaps that hold them (YAML). */
  dashboards?: readonly string[];
  prometheus?: PrometheusAddress;
  /** A cluster, whose PrometheusRule objects, dashboard ConfigMaps and autoscalers are read. */
  kubernetes?: KubernetesConnection;
}

export interface MonitoringOptions {
  /** The time that all that is seen is given. */
  now: Date;
  /** Ends what is being read; its reason is thrown. */
  signal?: AbortSignal | undefined;
  /** Told after each file, page or answer, for heartbeats. */
  onProgress?: (read: { source: string; count: number }) => void;
  /** Where credentials are looked up; the process's own environment unless given. */
  environment?: Readonly<Record<string, string | undefined>>;
}
