import type { GateRecord } from './status.ts';

/**
 * What a gate is about, as it stands after "approve": `the plan`, `hop 1.33`, `the workers of 1.33`, `the cutover to 1.34`,
 * `the deletion of the old cluster`.
 */
export function gateTitle({ gate, hop, nodeGroup }: Pick<GateRecord, 'gate' | 'hop' | 'nodeGroup'>): string {
  const of = hop === undefined ? '' : ` of ${hop}`;
  switch (gate) {
    case 'plan':
      return 'the plan';
    case 'hop':
      return `hop ${hop ?? ''}`.trim();
    case 'workers':
      return `the workers${of}`;
    case 'cutover':
      return hop === undefined ? 'the cutover' : `the cutover to ${hop}`;
    case 'retire':
      // Without a node group it is a migration's: the whole old cluster goes.
      return nodeGroup === undefined
        ? 'the deletion of the old cluster'
        : `the end of the old node group ${nodeGroup}${of}`;
  }
}
