/**
 * The workflow types that a person may start, from the command line, the Temporal CLI or the Temporal UI.
 * The first runs a whole upgrade; the others run one stage of it, with the same lock, gate and report.
 */
export const workflowTypes = [
  'upgradeCluster',
  'upgradeControlPlane',
  'upgradeAddons',
  'upgradeNodeGroup',
  'upgradeTool',
  'migrateCluster',
] as const;
export type WorkflowType = (typeof workflowTypes)[number];

/** ID of the workflow that is held while a cluster is being upgraded. `identity` is the cluster's ARN. */
export function lockWorkflowId(identity: string): string {
  return `stepladder-lock/${identity}`;
}
