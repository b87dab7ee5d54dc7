import type { ReplacedWorkersStage } from './plan.ts';

/** How a group is replaced, after its strategy: `into blue-1-33, 25% of its nodes at a time after a canary`. */
export function replacementText({ newNodeGroup, waves, templateVersion }: ReplacedWorkersStage): string {
  const { maxParallel, canary } = waves;
  const nodes =
    typeof maxParallel === 'string'
      ? `${maxParallel} of its nodes`
      : `${maxParallel} ${maxParallel === 1 ? 'node' : 'nodes'}`;
  const template = templateVersion === undefined ? '' : `, launch template version ${templateVersion}`;
  return `into ${newNodeGroup}, ${nodes} at a time${canary ? ' after a canary' : ''}${template}`;
}
