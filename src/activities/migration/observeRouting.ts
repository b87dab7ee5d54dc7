import { StepladderError } from '../../contract/errors.ts';
import type { Router, RoutingWeights } from '../../contract/routing.ts';
import type { EksAccess } from '../../platform/eks/client.ts';
import type { ObservedRouting } from '../../plan/observedMigration.ts';
import { createRouting } from '../../routing/createRouting.ts';

/**
 * Looks at the routing that a request names, for a plan. What the request names and AWS does not have is a blocker;
 * what could not be seen for another reason is thrown.
 *
 * @param input.access in which region and as which role AWS is asked
 * @param input.said the weights that a person said last are set
 * @throws StepladderError as calls to the platform do
 */
export async function observeRouting(
  input: { access: EksAccess; router: Router; said?: RoutingWeights | undefined },
  signal?: AbortSignal,
): Promise<ObservedRouting> {
  const { access, router, said } = input;
  try {
    const {
      router: name,
      weights,
      addresses,
      notes,
    } = await createRouting(router, access, said).describe(signal);
    return { router: name, ...(weights === undefined ? {} : { weights }), addresses, notes };
  } catch (error) {
    if (!(error instanceof StepladderError) || error.details['reason'] !== 'not-found') throw error;
    return {
      router:
        'alb' in router ? `listener rule ${router.alb.rule ?? `of ${router.alb.listener}`}` : 'a person',
      addresses: [],
      notes: [
        {
          severity: 'blocker',
          message: error.message,
          remedy:
            'Give the ARNs in migration.routing as AWS has them, and look into the region and the account that they name (cluster.region, cluster.roleArn).',
        },
      ],
    };
  }
}
