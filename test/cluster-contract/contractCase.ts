import type { unsupported } from '../../simulator/kube-api/unsupported.ts';
import type { ContractCluster } from './contractCluster.ts';

/** One thing that a Kubernetes API does and that the engine, or its tests, rely on. */
export interface ContractCase {
  area: string;
  name: string;
  /** What the simulator does not do, and says so with 501. The engine needs none of it. */
  notSimulated?: keyof typeof unsupported;
  /** Throws what speaks against it. */
  run(cluster: ContractCluster): Promise<void>;
}
