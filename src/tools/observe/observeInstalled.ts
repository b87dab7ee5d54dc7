import { z } from 'zod';
import { UnreadableRelease } from '../../kubernetes/apiUses/helmRelease.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { unseenReason } from '../../kubernetes/discovery.ts';
import { parse } from '../../kubernetes/list.ts';
import type { ToolProfile } from '../profiles/profile.ts';
import type { InstalledTool, SharingInstallation, ToolProblem, WantedTool } from '../types.ts';
import { listTrackingApplications } from './applications.ts';
import { otherInstallations, ownWorkloads } from './belonging.ts';
import type { Installation } from './belonging.ts';
import { readInstalledCrds } from './installedCrds.ts';
import type { SeenCrd } from './installedCrds.ts';
import { managementOf, markedWorkload } from './management.ts';
import { readRelease } from './readRelease.ts';
import type { SeenRelease } from './readRelease.ts';
import { releaseProblems } from './releaseProblems.ts';
import { listToolWorkloads } from './toolWorkloads.ts';

/** What is there of a tool, and what could not be seen or stands in the way of its upgrade. */
export interface InstalledSight {
  installed: InstalledTool;
  /** A part of `installed` that could not be seen is empty there and has a problem `unseen` here (rule 11). */
  problems: ToolProblem[];
}

/**
 * Observes what is installed of one tool: its Helm release, its workloads, who manages it, its CRDs with their custom
 * resources, and other installations that stand on the same CRDs. Reads alone, and by lists alone. A tool that is not
 * there at all is managed by `nobody` and has the problem `not-installed`, which a first installation passes over.
 *
 * @param crdNames CRDs that the new version brings, as far as they are known
 * @throws StepladderError as `KubernetesConnection.getJson` when the API itself is out of reach
 */
export async function observeInstalled(
  connection: KubernetesConnection,
  wanted: Pick<WantedTool, 'name' | 'release' | 'namespace'>,
  profile: ToolProfile,
  signal?: AbortSignal,
  crdNames: readonly string[] = [],
): Promise<InstalledSight> {
  const { release, namespace } = wanted;
  const id = `${namespace}/${release}`;
  const problems: ToolProblem[] = [];
  const seen = await part(
    problems,
    `the Helm release ${id}`,
    'Kubernetes: Secrets and ConfigMaps of Helm',
    () => readReleaseOrProblem(connection, { namespace, release }, problems, signal),
  );
  const all =
    (await part(problems, `the workloads of ${profile.title}`, 'Kubernetes: workloads', () =>
      listToolWorkloads(connection, { signal }),
    )) ?? [];
  const crds =
    (await part(problems, `the CRDs of ${profile.title}`, 'Kubernetes: CustomResourceDefinitions', () =>
      readInstalledCrds(connection, { profile, release: id, named: crdNames }, signal),
    )) ?? [];
  const applications = await part(problems, 'who manages it', 'Kubernetes: Applications of Argo CD', () =>
    listTrackingApplications(connection, signal),
  );
  const terminating = await part(problems, `the namespace ${namespace}`, 'Kubernetes: namespaces', () =>
    isTerminating(connection, namespace, signal),
  );

  const installation: Installation = {
    ...{ release, namespace, released: seen?.workloads ?? [] },
    ...(seen === undefined ? {} : { chart: seen.state.chart.name }),
  };
  const own = ownWorkloads(all, profile, installation);
  const others = otherInstallations(all, own, profile, installation);
  const state = seen?.state;
  // A history that was kept after an uninstallation is no release.
  const standing = state?.status === 'uninstalled' ? undefined : state;
  // Argo CD's chart has its CRDs among its templates, so whoever keeps those fights over the release.
  const ownCrds = crds.filter(({ crd }) => crd.ownedBy === undefined || crd.ownedBy === id);
  const crdsCount = profile.name === 'argo-cd' && own.length > 0;
  problems.push(
    ...releaseProblems({
      ...{ wanted, profile, standing, own: own.length, others },
      terminating: terminating === true,
      seenInFull: problems.length === 0,
    }),
  );
  return {
    installed: {
      ...(standing === undefined ? {} : { release: standing }),
      workloads: own.map(({ kind, namespace: within, name, images }) => ({
        ...{ kind, namespace: within, name, images },
      })),
      management: managementOf(
        [...own.map(markedWorkload), ...(crdsCount ? ownCrds.map(({ marks }) => marks) : [])],
        applications,
        profile,
        standing === undefined ? undefined : id,
      ),
      crds: crds.map(({ crd }) => crd),
      sharing: sharingOf(others, crds, id, profile),
    },
    problems,
  };
}

/** Only where there are CRDs to be shared: other workloads, and releases that own one of the CRDs. */
function sharingOf(
  others: readonly SharingInstallation[],
  crds: readonly SeenCrd[],
  own: string,
  profile: ToolProfile,
): SharingInstallation[] {
  const { names, groups } = profile.crds;
  if (crds.length + names.length + groups.length === 0) return [];
  const sharing = new Map(others.map((each) => [`${each.namespace}/${each.name}`, each]));
  for (const { crd } of crds) {
    const owner = crd.ownedBy;
    if (owner === undefined || owner === own || sharing.has(owner)) continue;
    const [namespace = '', name = ''] = owner.split('/');
    sharing.set(owner, { namespace, name });
  }
  return [...sharing.values()];
}

async function readReleaseOrProblem(
  connection: KubernetesConnection,
  of: { namespace: string; release: string },
  problems: ToolProblem[],
  signal: AbortSignal | undefined,
): Promise<SeenRelease | undefined> {
  try {
    return await readRelease(connection, of, signal);
  } catch (error) {
    if (!(error instanceof UnreadableRelease)) throw error;
    problems.push({
      kind: 'unseen',
      message: `The Helm release ${of.namespace}/${of.release} can't be read: ${error.message}.`,
      remedy: `Look at it with \`helm history ${of.release} -n ${of.namespace}\`, and mend or remove its newest revision.`,
      source: 'Kubernetes: Secrets and ConfigMaps of Helm',
    });
    return undefined;
  }
}

const namespacesSchema = z.object({
  items: z.array(z.object({ status: z.object({ phase: z.string().optional() }).prefault({}) })).nullish(),
});

async function isTerminating(
  connection: KubernetesConnection,
  namespace: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const answer = await connection.getJson('/api/v1/namespaces', {
    query: { fieldSelector: `metadata.name=${namespace}` },
    signal,
    what: 'list namespaces',
  });
  const [found] = parse(namespacesSchema, answer, 'a list of namespaces').items ?? [];
  return found?.status.phase === 'Terminating';
}

/** Undefined, with a problem, when this part alone can't be seen. */
async function part<T>(
  problems: ToolProblem[],
  what: string,
  source: string,
  see: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await see();
  } catch (error) {
    problems.push({
      kind: 'unseen',
      message: `It could not be seen: ${what}. ${unseenReason(error)}`,
      remedy: 'Grant the worker what it says (deploy/kubernetes/cluster-role.yaml), and plan again.',
      source,
    });
    return undefined;
  }
}
