import type { ArgoCdSource } from '../../contract/migration.ts';
import type { Application } from '../../kubernetes/argoCd/application.ts';
import { chooseArgoCd } from '../../kubernetes/argoCd/chosen.ts';
import { placeOf } from '../../kubernetes/argoCd/destinations.ts';
import { parentsOf } from '../../kubernetes/argoCd/inWaves.ts';
import { lackOfArgoCd } from '../../kubernetes/argoCd/presence.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import type { SelectionContext } from '../../kubernetes/copying/selection.ts';
import type { ObservedApplication, ObservedArgoCd } from '../../plan/observedMigration.ts';

/**
 * What a source of Argo CD is about, before anything is brought.
 *
 * @param input.green makes a connection to a green that is there; it is closed after the look
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function observeArgoCd(
  blue: KubernetesConnection,
  source: ArgoCdSource,
  input: {
    blueServer: string;
    tools: SelectionContext['tools'];
    signal: AbortSignal;
    green: (() => Promise<KubernetesConnection>) | undefined;
  },
): Promise<ObservedArgoCd> {
  const { applications, all, known, missing, ofBlue } = await chooseArgoCd(blue, source, input);
  const parents = parentsOf(all);
  const lack = input.green === undefined ? undefined : await lackOn(input.green, source, input.signal);
  return {
    namespace: source.namespace,
    applications: applications.map((application): ObservedApplication => {
      const parent = parents.get(application.key);
      return {
        name: application.key,
        place: placeOf(application.destination, known),
        ...(parent === undefined ? {} : { parent }),
        ...(keepsArgoCd(application) ? { keepsArgoCd: true } : {}),
      };
    }),
    missing,
    clusterSecrets: ofBlue,
    ...(lack === undefined ? {} : { greenLacks: lack }),
  };
}

async function lackOn(
  connectGreen: () => Promise<KubernetesConnection>,
  { namespace }: ArgoCdSource,
  signal: AbortSignal,
): Promise<string> {
  const green = await connectGreen();
  try {
    return (await lackOfArgoCd(green, namespace, signal)) ?? '';
  } finally {
    await green.close();
  }
}

/** By the CRD or the controller: without them there is no Argo CD, and nothing else has them. */
function keepsArgoCd({ kept }: Application): boolean {
  return kept.some(
    ({ group, kind, name }) =>
      (kind === 'CustomResourceDefinition' && name === 'applications.argoproj.io') ||
      (group === 'apps' && /(^|-)application-controller$/.test(name)),
  );
}
