export { monitoring } from './monitoring.ts';
export { monitoringFindings } from './findings.ts';
