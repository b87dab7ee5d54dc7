import { latestWithoutCrdDifference } from '../../contract/tools.ts';
import type { ChartVersion, CrdComparison, ToolCandidate } from '../../contract/tools.ts';
import type { WantedTool } from '../types.ts';
import { compareChartVersions } from './chartVersions.ts';
import { permits } from './crdPolicy.ts';
import type { Judging, VersionProblem } from './judging.ts';
import { latestWithoutDifference } from './latestWithoutDifference.ts';

/** What the choice of a version came to. */
export interface Choice {
  /** Absent when there is none to choose. */
  chosen?: ChartVersion;
  /** Of the chosen version. */
  comparison?: CrdComparison;
  /** All that were looked at, the highest first. */
  candidates: ToolCandidate[];
  /** Where the policy refuses the chosen version: the highest below it without a difference, not below the installed. */
  highestWithoutDifference?: ChartVersion;
  problems: VersionProblem[];
}

/** Versions that a message names at most. */
const namedVersions = 5;

/**
 * The version that a tool is to get.
 *
 * @param offered versions on offer, in any order; those that the request names itself need not be among them
 * @param installed version of the chart that is installed; absent when none is
 */
export async function chooseVersion(
  wanted: Pick<WantedTool, 'name' | 'version' | 'crds'>,
  offered: readonly ChartVersion[],
  installed: string | undefined,
  given: Judging,
): Promise<Choice> {
  const judging = installed === undefined ? given.forInstallation() : given;
  return wanted.version === latestWithoutCrdDifference
    ? latest(wanted, offered, installed, judging)
    : named(wanted, offered, installed, judging);
}

async function latest(
  { name }: Pick<WantedTool, 'name'>,
  offered: readonly ChartVersion[],
  installed: string | undefined,
  judging: Judging,
): Promise<Choice> {
  const chosen = await latestWithoutDifference(offered, installed, judging);
  if (chosen !== undefined) return judged(chosen, judging, {});
  const from = installed === undefined ? '' : ` from ${installed} up`;
  return {
    candidates: judging.candidates(),
    problems: [
      {
        kind: 'no-such-version',
        message: `Of the ${offered.length} versions of ${name} on offer, none${from} is known to have the CRDs of the cluster.`,
        remedy:
          'See what differs (stepladder crd-diff), and name a version together with a policy for CRDs (tools[].crds), or put the new version on a new cluster.',
      },
    ],
  };
}

async function named(
  wanted: Pick<WantedTool, 'name' | 'version' | 'crds'>,
  offered: readonly ChartVersion[],
  installed: string | undefined,
  judging: Judging,
): Promise<Choice> {
  const { name, version, crds } = wanted;
  const chosen = offered.find((each) => compareChartVersions(each.version, version) === 0);
  if (chosen === undefined) {
    return {
      candidates: [],
      problems: [
        {
          kind: 'no-such-version',
          message: `There is no ${version} of ${name} on offer; ${nearestTo(version, offered)}.`,
          remedy:
            'Name a version of the chart, which is another than that of the app, and see that the source is right.',
        },
      ],
    };
  }
  const judgement = await judging.of(chosen);
  if (!('comparison' in judgement) || permits(crds, judgement.comparison)) return judged(chosen, judging, {});
  const lower = offered.filter((each) => compareChartVersions(each.version, chosen.version) < 0);
  const highest = await latestWithoutDifference(lower, installed, judging);
  return judged(chosen, judging, highest === undefined ? {} : { highestWithoutDifference: highest });
}

/** With what was found of the version; one of which nothing could be told is a problem. */
async function judged(
  chosen: ChartVersion,
  judging: Judging,
  rest: Pick<Choice, 'highestWithoutDifference'>,
): Promise<Choice> {
  const judgement = await judging.of(chosen);
  const candidates = judging.candidates();
  if ('comparison' in judgement) {
    return { chosen, comparison: judgement.comparison, candidates, problems: [], ...rest };
  }
  return { chosen, candidates, problems: [judgement.problem], ...rest };
}

function nearestTo(version: string, offered: readonly ChartVersion[]): string {
  if (offered.length === 0) return 'there is none at all';
  const sorted = offered.map((each) => each.version).sort(compareChartVersions);
  const above = sorted.findIndex((each) => compareChartVersions(each, version) > 0);
  const at = above === -1 ? sorted.length : above;
  const from = Math.max(0, Math.min(at - Math.ceil(namedVersions / 2), sorted.length - namedVersions));
  return `the nearest are ${sorted.slice(from, from + namedVersions).join(', ')}`;
}
