import { ProgramMissing } from '../binaries/findProgram.ts';
import { StepladderError, errorRetry } from '../contract/errors.ts';
import type { EvidenceReference } from '../contract/evidence.ts';
import type { ChartVersion } from '../contract/tools.ts';
import type { KubernetesConnection } from '../kubernetes/connection.ts';
import { statusBehind } from '../kubernetes/errors.ts';
import { sourceText } from './charts/openChartRepository.ts';
import { chooseVersion } from './choice/chooseVersion.ts';
import { Judging } from './choice/judging.ts';
import type { Judgement } from './choice/judging.ts';
import { compareCrds } from './crds/index.ts';
import type { HelmProgram } from './helm/binary.ts';
import { observeInstalled } from './observe/index.ts';
import { problemOf } from './problem.ts';
import { profileOf } from './profiles/index.ts';
import type { ObservedTool, RenderedDifference, ToolProblem, WantedTool } from './types.ts';
import { withVersions } from './versionsOfTool.ts';
import type { VersionsOfTool } from './versionsOfTool.ts';

/** What observing tools is done with. */
export interface ToolObserving {
  connection: KubernetesConnection;
  /** Throws `ProgramMissing` when there is none to be had. */
  findHelm: () => Promise<HelmProgram>;
  /** Keeps the rendered difference of a tool, Secrets' data left out. */
  keepDifference: (tool: string, text: string) => Promise<EvidenceReference>;
  signal?: AbortSignal | undefined;
  environment?: NodeJS.ProcessEnv | undefined;
}

/**
 * Finds out all that a plan has to know of one tool: what is installed, which version the request comes to, what that
 * changes of the CRDs, and what it renders. Nothing is changed. What is wrong with the tool, its source or its values is
 * a problem in the result, and the rest is still found out.
 *
 * @throws StepladderError when the cluster itself is out of reach, has too many requests or refuses the credentials
 */
export async function observeTool(by: ToolObserving, wanted: WantedTool): Promise<ObservedTool> {
  const { connection, signal } = by;
  const { installed, problems } = await observeInstalled(connection, wanted, profileOf(wanted.name), signal);
  const observed: ObservedTool = { wanted, installed, candidates: [], problems: [...problems] };
  const source = sourceText(wanted.source);
  await orProblem(observed.problems, source, async () => {
    const helm = await by.findHelm();
    await withVersions({ ...by, helm }, wantedVersions(observed), async (versions) => {
      await choose(by, observed, versions, source);
      if (rendersHere(observed)) {
        await orProblem(observed.problems, source, async () => {
          observed.rendered = await render(by, observed, versions);
          const digest = await versions.contentSha256(observed.chosen?.version ?? observed.wanted.version);
          if (digest !== undefined) observed.contentSha256 = digest;
        });
      }
    });
  });
  return observed;
}

function wantedVersions({ wanted, installed }: ObservedTool) {
  const { release, namespace, source, driver, values, versions } = wanted;
  return {
    ...{ release, namespace, source, driver, values, versions },
    installed: installed.release?.chart.version,
  };
}

/** Chooses the version, and takes over what was found out on the way. */
async function choose(
  { connection, signal }: ToolObserving,
  observed: ObservedTool,
  versions: VersionsOfTool,
  source: string,
): Promise<void> {
  const { wanted, installed } = observed;
  const look = async ({ version }: ChartVersion): Promise<Judgement> => {
    try {
      const crds = await versions.crdsOf(version);
      const comparison = await compareCrds(connection, crds, {
        installed: installed.crds.map(({ name }) => name),
        // Of versions that are only candidates, whether any object would be refused decides nothing.
        tryObjects: version === wanted.version,
        signal,
      });
      return { comparison };
    } catch (error) {
      const { kind, message, remedy } = toolProblemOf(error, source);
      // What no other version would mend is no verdict on this one.
      if (kind === 'unreachable-source' || isDenied(error)) throw error;
      return { problem: { kind, message, remedy } };
    }
  };
  const { problems, ...chosen } = await chooseVersion(
    wanted,
    await versions.offered(),
    installed.release?.chart.version,
    new Judging(look),
  );
  Object.assign(observed, chosen);
  observed.problems.push(...problems.map((problem) => ({ ...problem, source })));
}

/**
 * Where helm would refuse to begin, or nobody here installs it, nothing is rendered; nor of a version whose CRDs could
 * not be told, which has its problem already and would give it once more.
 */
function rendersHere({ wanted, installed, comparison, problems }: ObservedTool): boolean {
  if (comparison === undefined || 'manifests' in wanted.source || wanted.awaitGit) return false;
  if (problems.some(({ kind }) => kind === 'namespace-terminating')) return false;
  return installed.release === undefined || installed.release.status === 'deployed';
}

async function render(
  { keepDifference }: ToolObserving,
  { wanted, chosen }: ObservedTool,
  versions: VersionsOfTool,
): Promise<RenderedDifference> {
  const { difference, text } = await versions.rendered(chosen?.version ?? wanted.version);
  return { ...difference, evidence: await keepDifference(wanted.name, text) };
}

async function orProblem(problems: ToolProblem[], source: string, find: () => Promise<void>): Promise<void> {
  try {
    await find();
  } catch (error) {
    problems.push(toolProblemOf(error, source));
  }
}

/**
 * Throws on what is no problem of the tool: a cluster that is out of reach or has too many requests, refused
 * credentials, mistakes of ours.
 */
function toolProblemOf(error: unknown, source: string): ToolProblem {
  const known = problemOf(error, source);
  if (known !== undefined) return known;
  if (error instanceof ProgramMissing) {
    const remedy = 'Install it for the worker, or name it by STEPLADDER_HELM_BINARY, and plan again.';
    return { kind: 'no-helm', message: error.message, remedy, source: 'the worker' };
  }
  if (!(error instanceof StepladderError)) throw error;
  if (isDenied(error)) {
    const remedy = 'Grant it to the worker (deploy/kubernetes/cluster-role-tools.yaml), and plan again.';
    return { kind: 'unseen', message: error.message, remedy, source: 'the cluster' };
  }
  if (errorRetry[error.type] === 'wait' || error.type === 'Throttled') throw error;
  const kind = error.type === 'InvalidInput' ? 'broken-chart' : 'unseen';
  return { kind, message: error.message, remedy: 'Mend what it says, and plan again.', source };
}

/** Credentials that are taken, with which this one thing may not be done: nothing that ends the whole observation. */
function isDenied(error: unknown): boolean {
  if (statusBehind(error)?.code === 403) return true;
  return error instanceof StepladderError && error.details['denied'] === true;
}
