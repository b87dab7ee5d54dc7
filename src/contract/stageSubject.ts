import type { PlannedStage } from './plan.ts';

/** Of which node group or tool a stage is, where a hop has several of its kind. */
export interface StageSubject {
  nodeGroup?: string;
  tool?: string;
}

/** A planned stage's subject, for its estimate and its status. */
export function subjectOfStage(stage: PlannedStage): StageSubject {
  switch (stage.stage) {
    case 'workers':
      return { nodeGroup: stage.nodeGroup };
    case 'tools':
      return { tool: stage.tool };
    case 'control-plane':
    case 'add-ons':
    case 'verification':
    case 'green-cluster':
    case 'green-add-ons':
    case 'green-workers':
    case 'green-tools':
    case 'resources':
    case 'green-verification':
    case 'cutover':
    case 'retirement':
      return {};
  }
}

/** The subject's name; undefined for stages that a hop has once. */
export function subjectName({ nodeGroup, tool }: StageSubject): string | undefined {
  return nodeGroup ?? tool;
}

/** `control-plane`, `workers blue`, `tools external-dns`. */
export function stageTitle({ stage, nodeGroup, tool }: StageSubject & { stage: string }): string {
  const name = nodeGroup ?? tool;
  return name === undefined ? stage : `${stage} ${name}`;
}

/** Whether two are of the same stage, within one hop. */
export function isSameStage(
  left: StageSubject & { stage: string },
  right: StageSubject & { stage: string },
): boolean {
  return left.stage === right.stage && subjectName(left) === subjectName(right);
}
