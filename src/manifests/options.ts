import type {
  ApiLifecycleTable,
  ManifestProblem,
  ApiUse,
  ApiUseCoverage,
} from '../checks/removedApis/types.ts';
import type { MinorVersion } from '../contract/plan.ts';

/** What is looked for in manifests. */
export interface ManifestScanOptions {
  /** Kubernetes' own table and those of the user. */
  tables: readonly ApiLifecycleTable[];
  /** The version that the cluster has. */
  from: MinorVersion;
  /** The version that it shall have. Uses of what is deprecated or removed by then are told. */
  to: MinorVersion;
  /** What the uses are stamped with, ISO 8601. */
  observedAt: string;
  /**
   * Parse also the documents that can't hold what is looked for. That finds no use more, only those of them that are no
   * YAML; it takes many times as long.
   */
  parseAll?: boolean;
}

/** What a scan of files gives. */
export interface ManifestScan {
  uses: ApiUse[];
  coverage: ApiUseCoverage;
  problems: ManifestProblem[];
}

/** What a scan of one text gives. */
export interface ManifestTextScan {
  uses: ApiUse[];
  problems: ManifestProblem[];
  /** How many documents there were that are manifests. */
  documents: number;
  /** How many may hold what is looked for and could not be read: as long as there is one, nothing is complete. */
  unread: number;
}
