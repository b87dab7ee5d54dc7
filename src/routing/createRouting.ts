import type { Router, RoutingWeights } from '../contract/routing.ts';
import type { EksAccess } from '../platform/eks/client.ts';
import { AlbRouting } from './alb.ts';
import { AlbConnection } from './albConnection.ts';
import { ManualRouting } from './manual.ts';
import type { Routing } from './routing.ts';

/**
 * The routing that a request names. A router more is one line here.
 *
 * @param access in which region and as which role AWS is asked
 * @param said the weights that a person said last are set, for a router that can't be asked
 */
export function createRouting(router: Router, access: EksAccess, said?: RoutingWeights): Routing {
  if ('alb' in router) return new AlbRouting(new AlbConnection(access), router.alb);
  return new ManualRouting(router.manual, said);
}
