import type { Singleton } from '../../contract/migration.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { objectAt, textAt } from '../crds/json.ts';
import type { Json } from '../crds/json.ts';
import { holdReleased, untilSeen, withPods } from './holdReleased.ts';
import { allowPods, withNoPods } from './noPodsYet.ts';

/**
 * Installs what helm makes at work, and has it stand still: what would have Pods at once is installed while its namespace
 * gets none. Without `install` it is there already, and an earlier attempt may have ended between installing and this.
 *
 * @param by.works what must not work on two clusters at once, as rendered, with namespaces
 * @throws StepladderError as `withNoPods`, `holdReleased` and `untilSeen`; what `install` throws
 */
export async function installStill(
  by: {
    green: KubernetesConnection;
    works: readonly Json[];
    singletons?: readonly Singleton[];
    madeBy: string;
    signal: AbortSignal;
  },
  install: (() => Promise<void>) | undefined,
): Promise<void> {
  const { green, works, singletons = [], madeBy, signal } = by;
  const workloads = withPods(works, singletons);
  const namespaces = [...new Set(workloads.map((each) => textAt(objectAt(each, 'metadata'), 'namespace')))];
  const hold = async () => {
    await holdReleased(green, works, { madeBy, signal, singletons });
    await untilSeen(green, workloads, signal);
  };
  if (install === undefined) {
    await hold();
    for (const namespace of namespaces) await allowPods(green, namespace, signal);
    return;
  }
  const run = async () => {
    await install();
    await hold();
  };
  await namespaces.reduce<() => Promise<void>>(
    (inner, namespace) => () => withNoPods(green, namespace, { madeBy, signal }, inner),
    run,
  )();
}
