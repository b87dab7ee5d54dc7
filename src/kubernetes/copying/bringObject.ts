import type { Json } from '../../tools/crds/json.ts';
import type { ListableResource } from '../discovery.ts';
import { inOrder } from '../inOrder.ts';
import { resourceName } from '../inventoryEntry.ts';
import { awaitBackends, servicesBehind } from './backends.ts';
import type { CopyAccount } from './copyAccount.ts';
import { writeObject } from './writeObject.ts';
import type { WriteContext } from './writeObject.ts';

/** Where objects are brought to, and who keeps account of it. */
export interface CopyTarget extends WriteContext {
  account: CopyAccount;
  /** How long webhooks and APIServices wait for the Pods behind them. Milliseconds; three minutes without it. */
  backendTimeoutMs?: number | undefined;
  /** Between two looks at them. Milliseconds. */
  pollMs?: number | undefined;
}

const defaultBackendTimeoutMs = 180_000;
const defaultPollMs = 1_000;

/** Writes under way at the most. */
const writesAtOnce = 12;

/**
 * Brings one object to green and into the account; a webhook or an APIService only once Pods are Ready behind it.
 *
 * @param key its name in the account: `shop/web`
 * @returns why green does not take it, which is then not in the account yet
 * @throws StepladderError as `writeObject`
 */
export async function bringObject(
  {
    resource,
    wanted,
    key,
    isThere,
  }: { resource: ListableResource; wanted: Json; key: string; isThere: boolean },
  target: CopyTarget,
): Promise<string | undefined> {
  const { account, green, signal } = target;
  const services = servicesBehind(wanted);
  if (services.length > 0) {
    const { backendTimeoutMs = defaultBackendTimeoutMs, pollMs = defaultPollMs } = target;
    const until = performance.now() + backendTimeoutMs;
    const missing = await awaitBackends(green, services, { until, pollMs, signal });
    if (missing !== undefined) return missing;
  }
  const written = await writeObject(resource, wanted, isThere, target);
  if (written.outcome === 'refused') return written.why;
  account.written(resourceName(resource), key, written.outcome);
  return undefined;
}

/** Calls for some at a time; a failure ends it. */
export async function someAtOnce<T>(items: readonly T[], call: (item: T) => Promise<void>): Promise<void> {
  const calls = inOrder(items, call, writesAtOnce);
  while ((await calls.next()).done !== true);
}
