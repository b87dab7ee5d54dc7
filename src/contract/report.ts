import type { Finding } from './finding.ts';
import type { UpgradeStatus } from './status.ts';

/** Nodes that no managed node group owns: they count for skew and are never reported as upgraded. */
export interface UnmanagedNodes {
  provider: 'self-managed' | 'karpenter' | 'auto-mode' | 'fargate' | 'hybrid';
  count: number;
  /** At most 20 names. */
  names: string[];
  kubeletVersions: string[];
}

/** Who else believes to own something that was changed, and what to change there so that its next run does not undo it. */
export interface OwnershipHint {
  /** `cluster prod`, `node group blue`, `add-on coredns`. */
  resource: string;
  owner: 'Terraform' | 'CloudFormation' | 'eksctl' | 'CDK' | 'Pulumi' | 'Crossplane';
  /** The tag that says so, `key=value`. */
  evidence: string;
  advice: string;
}

/** The report of an upgrade, as JSON in the evidence store; Markdown is made of it for reading. */
export interface Report {
  schema: 1;
  /** ISO 8601. */
  writtenAt: string;
  /** The whole status at the end: hops, stages with what was measured, gates with who answered, actions, refusals, what was put back. */
  status: UpgradeStatus;
  fromVersion?: string;
  durationSeconds: number;
  downtimeSeconds: number;
  unobservedSeconds: number;
  findings: Finding[];
  overrides: string[];
  /** Why, by their names, where the request says so; absent in reports of older releases. */
  overrideReasons?: Record<string, string>;
  unmanagedNodes: UnmanagedNodes[];
  ownership: OwnershipHint[];
  /** Workloads that were broken before anything was changed, one line each. */
  brokenBefore: string[];
  /** Workloads broken at the end that were well before, one line each. */
  brokenAfter: string[];
}
