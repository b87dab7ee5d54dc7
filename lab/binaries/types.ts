/** The programs of a control plane of one minor version, by their paths. */
export interface ControlPlaneBinaries {
  /** `1.31`. */
  minor: string;
  /** `1.31.0`. */
  version: string;
  apiServer: string;
  controllerManager: string;
  scheduler: string;
}
