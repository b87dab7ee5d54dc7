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
