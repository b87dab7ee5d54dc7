import type { ToolProfile } from '../profiles/profile.ts';
import type { HelmReleaseState, SharingInstallation, ToolProblem, WantedTool } from '../types.ts';

/** What problems of a release are told by. */
export interface ReleaseFacts {
  wanted: Pick<WantedTool, 'release' | 'namespace'>;
  profile: ToolProfile;
  /** The newest revision of the release; absent where there is none. */
  standing: HelmReleaseState | undefined;
  /** Workloads of this installation. */
  own: number;
  /** False when a part of all this could not be seen: then nothing is said of what is not there. */
  seenInFull: boolean;
  others: readonly SharingInstallation[];
  terminating: boolean;
}

const helmSource = 'Helm: newest revision of the release';

/** What stands in the way of an upgrade of the release before anything is fetched. Empty when nothing does. */
export function releaseProblems(facts: ReleaseFacts): ToolProblem[] {
  const { wanted, profile, standing, own, seenInFull, others, terminating } = facts;
  const problems: ToolProblem[] = [];
  const id = `${wanted.namespace}/${wanted.release}`;
  if (terminating) {
    problems.push({
      kind: 'namespace-terminating',
      message: `The namespace ${wanted.namespace} is being deleted: nothing can be installed in it.`,
      remedy: `Wait until it is gone and made again, or find out what holds it: \`kubectl get namespace ${wanted.namespace} -o yaml\` names it in its conditions.`,
      source: 'Kubernetes: namespaces',
    });
  }
  if (standing !== undefined) problems.push(...statusProblem(standing));
  const [elsewhere] = others;
  if (standing === undefined && own === 0 && elsewhere === undefined && seenInFull) {
    problems.push({
      kind: 'not-installed',
      message: `There is no Helm release ${id}, and no workload of ${profile.title}.`,
      remedy: `Install it first (stepladder tool install ${profile.name}); or name its release and namespace in the request, if they are others.`,
      source: helmSource,
    });
  }
  if (standing === undefined && own === 0 && elsewhere !== undefined) {
    problems.push({
      kind: 'not-installed',
      message: `There is no release ${id}, but ${profile.title} is installed as ${others.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')}.`,
      remedy: `If that is the one, name it in the request: "release": "${elsewhere.name}", "namespace": "${elsewhere.namespace}".`,
      source: 'Kubernetes: workloads',
    });
  }
  return problems;
}

function statusProblem({
  release,
  namespace,
  revision,
  status,
  description,
}: HelmReleaseState): ToolProblem[] {
  const which = `Revision ${revision} of the Helm release ${namespace}/${release}`;
  const why = description === '' ? '' : ` (${description})`;
  const history = `\`helm history ${release} -n ${namespace}\``;
  if (status.startsWith('pending-') || status === 'uninstalling') {
    return [
      {
        kind: 'release-pending',
        message: `${which} is ${status}${why}: somebody works on it, or their Helm was broken off.`,
        remedy: `If nobody does, take it back to the last revision that was deployed: ${history} shows it, \`helm rollback ${release} -n ${namespace}\` does it.`,
        source: helmSource,
      },
    ];
  }
  if (status === 'deployed') return [];
  return [
    {
      kind: 'release-failed',
      message: `${which} is ${status === '' ? 'of no known status' : status}${why}, so what runs is not what it says.`,
      remedy: `Bring it to a deployed revision first: ${history}, then \`helm rollback\` or the upgrade that was meant.`,
      source: helmSource,
    },
  ];
}
