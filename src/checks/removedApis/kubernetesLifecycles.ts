import data from './data/kubernetes.json' with { type: 'json' };
import type { ApiLifecycleTable } from './types.ts';

/** What Kubernetes itself serves and stops serving. Written by `npm run generate:api-lifecycles`. */
export const kubernetesLifecycles: ApiLifecycleTable = data;
