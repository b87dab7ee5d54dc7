/** Kinds of updates, and of what else takes EKS its time, that can be made to fail. */
export type UpdateKind =
  | 'VersionUpdate'
  | 'AddonUpdate'
  | 'ConfigUpdate'
  | 'NodegroupVersionUpdate'
  | 'NodegroupConfigUpdate'
  | 'ClusterCreation'
  | 'ClusterDeletion'
  | 'AddonCreation';

/** How an update that is made to fail ends. */
export interface UpdateFault {
  /** EKS's code, e.g. `InsufficientFreeAddresses`. */
  code: string;
  message: string;
  /** `Failed` unless given. */
  status?: 'Failed' | 'Cancelled';
}
