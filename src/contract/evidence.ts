/** Where something too large or too private for a workflow's history is kept. */
export interface EvidenceReference {
  /** What it is: `observation`, `plan`, `baseline`, `inventory-before`, `report` … */
  name: string;
  /** Key in the evidence store. */
  key: string;
  /** sha-256 (hex) of the stored bytes. */
  sha256: string;
  /** How many entries it holds. */
  count: number;
}

/** What was measured of the API server while its control plane was upgraded. */
export interface ProbeSummary {
  probes: number;
  failures: number;
  /** From a first failed probe to the next good one, added up. */
  downtimeSeconds: number;
  longestOutageSeconds: number;
  /** Time in which nobody was probing (the worker was down). */
  unobservedSeconds: number;
}

/** A look at the workloads against the baseline. */
export interface WorkloadsVerdict {
  /** True when nothing is broken that was well in the baseline. */
  well: boolean;
  /** Each as `Deployment shop/web: 1 of 3 Pods Ready`; at most 20, the evidence has all. */
  newlyBroken: string[];
  newlyBrokenCount: number;
  alreadyBrokenCount: number;
  recoveredCount: number;
  evidence: EvidenceReference;
}

export interface InventoryVerdict {
  /** Each as `ConfigMap shop/settings`; at most 20, the evidence has all. */
  missing: string[];
  missingCount: number;
  /** Gone as the table of exceptions says. */
  exceptedCount: number;
  comparedCount: number;
  /** What could not be compared and why, so that nothing is known of it (rule 11); at most 20. */
  unseen?: string[];
  unseenCount?: number;
  evidence: EvidenceReference;
}
