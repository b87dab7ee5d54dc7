import { defineSearchAttributeKey } from '@temporalio/common';

/**
 * What upgrades can be searched by in the Temporal UI and CLI. A server that does not know them would leave an
 * upgrade running with its workflow task failing for ever, so they are registered before a worker polls.
 */
export const searchAttributes = {
  cluster: defineSearchAttributeKey('StepladderCluster', 'KEYWORD'),
  target: defineSearchAttributeKey('StepladderTarget', 'KEYWORD'),
  phase: defineSearchAttributeKey('StepladderPhase', 'KEYWORD'),
  waitingFor: defineSearchAttributeKey('StepladderWaitingFor', 'KEYWORD'),
} as const;

/** Names only, for whoever registers or checks them. All are of type Keyword. */
export const searchAttributeNames: readonly string[] = Object.values(searchAttributes).map((key) => key.name);
