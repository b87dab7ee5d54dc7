import { isObject, listAt, objectAt } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';
import { applicationOf } from './application.ts';

/** Where the Application says nothing: as often, and as far apart, as Argo CD itself retries a sync. */
const usualRetry = { limit: 5, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } };

/**
 * The merge patch that has Argo CD sync an Application once, as `argocd app sync` writes it: what is compared with now,
 * with the options and retries that the Application has, and nothing pruned. It goes through only while the Application is
 * as it was looked at.
 *
 * @param body the Application as the API server has it, after a comparison
 * @param madeBy the root's workflow ID, for people
 */
export function syncPatch(body: Json, madeBy: string): Json {
  const spec = objectAt(body, 'spec');
  const policy = objectAt(spec, 'syncPolicy');
  const { resourceVersion, comparedTo } = applicationOf(body);
  const sources = listAt(spec, 'sources');
  const options = listAt(policy, 'syncOptions').filter((option) => !isPruning(option));
  const hasEnded = isObject(objectAt(body, 'status')['operationState']);
  return {
    metadata: { resourceVersion },
    operation: {
      initiatedBy: { username: 'stepladder' },
      info: [{ name: 'Migration', value: madeBy }],
      retry: isObject(policy['retry']) ? policy['retry'] : usualRetry,
      sync: {
        prune: false,
        ...(options.length === 0 ? {} : { syncOptions: options }),
        ...(sources.length > 0
          ? { sources, ...(comparedTo.length === sources.length ? { revisions: comparedTo } : {}) }
          : { revision: comparedTo[0] ?? '' }),
      },
    },
    // What the last sync has said is not to be taken for this one's.
    ...(hasEnded ? { status: { operationState: null } } : {}),
  };
}

/** How what is pruned would be: there is no use for it. */
function isPruning(option: unknown): boolean {
  return typeof option !== 'string' || /^Prune/.test(option);
}
