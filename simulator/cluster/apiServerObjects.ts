import type { Manifest } from '../../scenario/manifest.ts';

const flowcontrol = 'flowcontrol.apiserver.k8s.io/v1';

/** The settings without which no API server runs: it makes them itself when they are missing. */
export const apiServerObjects: Manifest[] = ['exempt', 'catch-all'].flatMap((name): Manifest[] => [
  {
    apiVersion: flowcontrol,
    kind: 'PriorityLevelConfiguration',
    metadata: { name },
    spec:
      name === 'exempt'
        ? { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }
        : {
            type: 'Limited',
            limited: {
              nominalConcurrencyShares: 5,
              lendablePercent: 0,
              limitResponse: { type: 'Reject' },
            },
          },
  },
  {
    apiVersion: flowcontrol,
    kind: 'FlowSchema',
    metadata: { name },
    spec: {
      matchingPrecedence: name === 'exempt' ? 1 : 10_000,
      priorityLevelConfiguration: { name },
    },
  },
]);
