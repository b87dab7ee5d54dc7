import { controllers } from './cases/controllers.ts';
import { discovery } from './cases/discovery.ts';
import { evictions } from './cases/evictions.ts';
import { hops } from './cases/hops.ts';
import { lists } from './cases/lists.ts';
import { watches } from './cases/watches.ts';
import { writes } from './cases/writes.ts';
import type { ContractCase } from './contractCase.ts';

/** All cases; those that change the cluster for good are the last. */
export const allCases: readonly ContractCase[] = [
  ...discovery,
  ...lists,
  ...watches,
  ...writes,
  ...evictions,
  ...controllers,
  ...hops,
];
