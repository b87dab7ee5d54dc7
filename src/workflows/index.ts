export { clusterLock } from './clusterLock.ts';
export { migrateCluster } from './migrateCluster.ts';
export { upgradeAddons } from './upgradeAddons.ts';
export { upgradeCluster } from './upgradeCluster.ts';
export { upgradeControlPlane } from './upgradeControlPlane.ts';
export { upgradeNodeGroup } from './upgradeNodeGroup.ts';
export { upgradeTool } from './upgradeTool.ts';
