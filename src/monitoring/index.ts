export { observeMonitoring } from './observeMonitoring.ts';
export type { MonitoringOptions, MonitoringSources, PrometheusAddress } from './options.ts';
