/** Field managers that are parts of the control plane; API servers write the suggested flow schemas by the last. */
const controlPlane: ReadonlySet<string> = new Set([
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'cloud-controller-manager',
  'api-priority-and-fairness-config-producer-v1',
  'api-priority-and-fairness-config-consumer-v1',
]);

/** Whether a manager of fields goes to the new version with the control plane itself. */
export function isControlPlane(manager: string): boolean {
  return controlPlane.has(manager);
}
