import type { MinorVersion } from '../../contract/plan.ts';
import type { FindingSubject, IgnoredBecause } from '../../contract/finding.ts';

/** Names one version of one kind: `{group: 'policy', version: 'v1beta1', kind: 'PodDisruptionBudget'}`. */
export interface ApiKind {
  /** Empty for the core group. */
  group: string;
  version: string;
  kind: string;
}

/** When a version of a kind came, was deprecated and goes, as the release's own sources or a table of the user say. */
export interface ApiLifecycle extends ApiKind {
  /** Plural name in URLs, where the table knows it: metrics and insights name resources, not kinds. */
  resource?: string;
  introduced?: MinorVersion;
  deprecated?: MinorVersion;
  /** The first minor version that does not serve it any more. */
  removed?: MinorVersion;
  replacement?: ApiKind;
}

/** A table of lifecycles, with where it comes from. */
export interface ApiLifecycleTable {
  /** What it is of, for messages: `Kubernetes`, `cert-manager`. */
  name: string;
  /** Where it was generated from, with versions: `k8s.io/api v0.37.2`. */
  sources: string[];
  /**
   * For a table whose versions are not Kubernetes' own but those of what it is of: from which version of it to which
   * the upgrade goes, e.g. cert-manager `1.5` to `1.8`. Absent where the versions are Kubernetes'.
   */
  upgrade?: { from: MinorVersion; to: MinorVersion };
  lifecycles: ApiLifecycle[];
}

/**
 * One place in which a version of an API was seen in use. The findings about removed APIs are made of these: one
 * finding per API and hop, whose evidence its uses are.
 */
export interface ApiUse {
  group: string;
  version: string;
  /** At least one of kind and resource is known. */
  kind?: string;
  resource?: string;
  /** The object that is written in this version, if it is one. */
  object?: FindingSubject;
  /** Where it was seen. Names only, never an object's body. */
  place:
    | { kind: 'manifest'; file: string; line: number }
    | { kind: 'helm-release'; namespace: string; release: string; chart: string }
    | { kind: 'last-applied' }
    | { kind: 'managed-fields'; manager: string }
    | { kind: 'api-requests' }
    | { kind: 'eks-insight'; insight: string; userAgent: string; requestsLast30Days?: number };
  /** When it was looked at, ISO 8601. */
  observedAt: string;
  /** When the use itself is known to have happened last, ISO 8601, where the source says. */
  lastUsedAt?: string;
  /** What the source itself says of the version's end, where no table knows it: the first minor without it. */
  removed?: MinorVersion;
  /** What the source itself says is to be used instead, in its own words. */
  replacedWith?: string;
  /** What the object's annotation `stepladder/ignore` says, if it has one. */
  ignored?: IgnoredBecause;
}

/** The sources of uses. What a source could not see is `unknown`, never a pass (rule 11). */
export type ApiUseSource =
  'manifests' | 'helm-releases' | 'last-applied' | 'managed-fields' | 'api-requests' | 'eks-insights';

/** What became of asking one source. */
export interface ApiUseCoverage {
  source: ApiUseSource;
  /**
   * `complete`: all of it was looked at. `partial`: some was, and `why` says what not. `failed`: it could not be asked.
   * `not-asked`: nobody wanted it. A scan of nothing is `partial`, with that as its reason.
   */
  state: 'complete' | 'partial' | 'failed' | 'not-asked';
  why?: string;
  /** How much was looked at: documents, releases, objects, samples, insights. */
  count: number;
}

/** A manifest that could not be read as one. */
export interface ManifestProblem {
  file: string;
  line?: number;
  /** One sentence: what is wrong with it. */
  problem: string;
}

/** All that was seen of the use of APIs, as observations keep it. */
export interface ObservedApiUses {
  uses: ApiUse[];
  coverage: ApiUseCoverage[];
  problems: ManifestProblem[];
  /** What the counters of deprecated requests of the API servers can tell, and what not. */
  requests?: {
    /** How many different API server processes were met, told apart by their start time. */
    servers: number;
    /** The youngest process's start, ISO 8601: counters know nothing of before. */
    youngestStart?: string;
  };
  /** Versions of API groups that the cluster serves, as `apps/v1`: of others no client can make use. */
  served?: string[];
  /** Tables that were given beside the one of Kubernetes itself. */
  tables?: ApiLifecycleTable[];
}
