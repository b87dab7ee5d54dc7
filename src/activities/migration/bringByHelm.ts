import type { ChartRelease, ResourceSource, Singleton } from '../../contract/migration.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import type { CopyAccount } from '../../kubernetes/copying/copyAccount.ts';
import { holdSide } from '../../kubernetes/holding/holdSide.ts';
import { bringChart } from '../../tools/green/chartOnGreen.ts';
import type { ClusterNames } from '../../tools/green/valuesForGreen.ts';
import { findHelm } from '../../tools/helm/binary.ts';
import { helmfileSync } from '../../tools/helm/helmfile.ts';
import { withKubeconfig } from '../../tools/helm/kubeconfig.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { Sides } from '../migrationTypes.ts';
import type { ClusterContext } from '../types.ts';

/** As long as helm itself allows a hook twice. Milliseconds. */
const hookTimeoutMs = 10 * 60_000;

/** What releases are brought to green with. */
export interface HelmBringing {
  sides: Sides;
  green: KubernetesConnection;
  singletons: readonly Singleton[];
  madeBy: string;
  signal: AbortSignal;
  account: CopyAccount;
  dependencies: Pick<ActivityDependencies, 'env' | 'log'>;
}

/** Brings one chart as a release of its own. Throws as `bringChart`. */
export async function bringOneChart(by: HelmBringing, chart: ChartRelease): Promise<void> {
  const { sides, green, singletons, madeBy, signal, account } = by;
  const name = `${chart.namespace}/${chart.release}`;
  account.begin(`bringing release ${name}`);
  const outcome = await bringChart(
    {
      ...{ ...(await helmOf(by)), green, singletons, madeBy, signal, timeoutMs: hookTimeoutMs },
      names: { blue: namesOf(sides.blue), green: namesOf(sides.green) },
      progress: (line) => account.begin(`bringing release ${name}: ${line}`),
    },
    chart,
  );
  account.progress();
  account.written('helm releases', name, outcome);
}

/** `helmfile sync`, and what must not work twice is held as soon as it is there: helm makes everything at work. */
export async function bringHelmfile(
  by: HelmBringing,
  { file, selector }: Extract<ResourceSource, { helmfile: unknown }>['helmfile'],
): Promise<void> {
  const { green, singletons, madeBy, signal, account } = by;
  account.begin(`bringing the helmfile ${file}`);
  const { helm, environment } = await helmOf(by);
  await withKubeconfig(green, signal, (access) =>
    helmfileSync(
      { helm, access, signal, environment },
      { by: 'helmfile', file, ...(selector === undefined ? {} : { selector }) },
      hookTimeoutMs,
    ),
  );
  await holdSide(green, { singletons, madeBy, signal });
}

async function helmOf({ dependencies: { env, log } }: HelmBringing) {
  const environment = { ...env };
  return { helm: await findHelm({ environment, log: (text) => log.warn(text) }), environment };
}

function namesOf({ cluster: { name }, identity: { arn, endpoint } }: ClusterContext): ClusterNames {
  return { name, arn, endpoint };
}
