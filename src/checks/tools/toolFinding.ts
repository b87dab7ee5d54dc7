import type { Finding } from '../../contract/finding.ts';
import type { ObservedTool } from '../../tools/types.ts';

/** What one look at a tool has found; its subject is the tool, and its evidence where that was seen. */
export interface ToolFinding extends Pick<Finding, 'severity' | 'message' | 'remedy'> {
  check: string;
  sources: string[];
}

/** Judges one aspect of a tool. Pure. */
export type ToolCheck = (observed: ObservedTool) => ToolFinding[];

/** The release as people name it, `external-dns/external-dns`. */
export function releaseName({ wanted: { namespace, release } }: ObservedTool): string {
  return `${namespace}/${release}`;
}

/** `{"tools": [{"name": "argo-cd", "crds": "additive"}]}`: what to write into the request. */
export function toolSetting({ wanted }: ObservedTool, setting: Record<string, unknown>): string {
  return JSON.stringify({ tools: [{ name: wanted.name, ...setting }] });
}
