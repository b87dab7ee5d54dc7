import type { ChartVersion, CrdComparison, ToolCandidate } from '../../contract/tools.ts';
import type { ToolProblem } from '../types.ts';
import { compareChartVersions } from './chartVersions.ts';
import { withoutNewCrds } from './newCrds.ts';

/** What looking at one version gave: its CRDs beside those of the cluster, or why nobody can say. */
export type Judgement = { comparison: CrdComparison } | { problem: VersionProblem };

/** What is wrong with a version, by itself. */
export type VersionProblem = Omit<ToolProblem, 'source'>;

/** How a version stands to the cluster. Two that differ by the same `difference` have the same CRDs. */
export type Standing = { is: 'same' } | { is: 'other'; difference: string } | { is: 'unknown' };

/** Looks at versions and remembers what came out: each is fetched once, whoever asks. */
export class Judging {
  readonly #look: (version: ChartVersion) => Promise<Judgement>;
  readonly #seen = new Map<string, { version: ChartVersion; judgement: Judgement }>();

  /** @param look what costs a fetch and a comparison; throws what no other version would mend */
  constructor(look: (version: ChartVersion) => Promise<Judgement>) {
    this.#look = look;
  }

  /** The same for a first installation, for which CRDs that the cluster does not have are no difference. */
  forInstallation(): Judging {
    return new Judging(async (version) => {
      const judgement = await this.of(version);
      return 'problem' in judgement ? judgement : { comparison: withoutNewCrds(judgement.comparison) };
    });
  }

  async of(version: ChartVersion): Promise<Judgement> {
    const seen = this.#seen.get(version.version);
    if (seen !== undefined) return seen.judgement;
    const judgement = await this.#look(version);
    this.#seen.set(version.version, { version, judgement });
    return judgement;
  }

  async standing(version: ChartVersion): Promise<Standing> {
    return standingOf(await this.of(version));
  }

  /** All versions that were looked at, the highest first. */
  candidates(): ToolCandidate[] {
    return [...this.#seen.values()]
      .map(({ version, judgement }) => candidate(version, judgement))
      .sort((left, right) => compareChartVersions(right.version, left.version));
  }
}

/** Documentation is no difference (rule 10). What could not be compared in full is never taken for the same. */
function standingOf(judgement: Judgement): Standing {
  if ('problem' in judgement) return { is: 'unknown' };
  const { verdict, unknown, differences } = judgement.comparison;
  if (verdict === 'none' || verdict === 'documentation') {
    return unknown.length === 0 ? { is: 'same' } : { is: 'unknown' };
  }
  const changes = differences.map(({ crd, state, changes: all }) => ({
    crd,
    state,
    changes: all.filter((change) => change.verdict !== 'documentation'),
  }));
  return { is: 'other', difference: JSON.stringify(changes) };
}

function candidate(version: ChartVersion, judgement: Judgement): ToolCandidate {
  if ('problem' in judgement) return { ...version, problem: judgement.problem.message };
  const { verdict, unknown } = judgement.comparison;
  if (standingOf(judgement).is !== 'unknown') return { ...version, verdict };
  return { ...version, problem: `what it changes could not be told in full: ${unknown.join('; ')}` };
}
