import type { EvidenceReference } from '../contract/evidence.ts';
import type {
  ChartSource,
  ChartVersion,
  CrdComparison,
  CrdPolicy,
  ToolCandidate,
  ToolDriver,
} from '../contract/tools.ts';

/** A tool as a checked request asks for it, with the profile's defaults filled in. Plain JSON. */
export interface WantedTool {
  /** Name in the request; a profile's name, or any other for the generic profile. */
  name: string;
  release: string;
  namespace: string;
  source: ChartSource;
  /** A version of the chart (of the manifests, where the source is manifests), or `latest-without-crd-diff`. */
  version: string;
  /** Versions on offer where the source can't list them (manifests by URL). */
  versions: string[];
  crds: CrdPolicy;
  driver: ToolDriver;
  /** Files with values on the worker. */
  values: string[];
  /** Wait until Git has brought a tool that Argo CD manages to the version, instead of refusing. */
  awaitGit: boolean;
}

/** What helm says of a release. */
export interface HelmReleaseState {
  release: string;
  namespace: string;
  revision: number;
  /** `deployed`, `failed`, `pending-upgrade`, `pending-install`, `pending-rollback`, `superseded`, `uninstalling` … */
  status: string;
  chart: { name: string; version: string; appVersion?: string };
  /** Helm's own description of the revision, `Upgrade complete`. */
  description: string;
  /** ISO 8601. */
  updatedAt: string;
}

/** Who keeps a tool as it is, by what was seen on its objects. */
export interface ToolManagement {
  by: 'helm' | 'argo-cd' | 'flux' | 'manifests' | 'nobody';
  /** The Application (`argocd/external-dns`) or the like, where there is one. */
  manager?: string;
  /** True when Argo CD's own workloads are tracked by one of its Applications (rule 10). */
  managesItself?: boolean;
  /** The label or annotation that tells so, and on which object. */
  seenOn: string[];
}

/** A CRD of the tool as it is in the cluster. */
export interface InstalledCrd {
  /** `applications.argoproj.io`. */
  name: string;
  group: string;
  kind: string;
  plural: string;
  scope: 'Namespaced' | 'Cluster';
  versions: { name: string; served: boolean; storage: boolean; deprecated: boolean }[];
  storedVersions: string[];
  /** The release that owns it by Helm's annotations, `argocd/argo-cd`. */
  ownedBy?: string;
  /** Custom resources of it by namespace (`''` for cluster-wide ones). */
  objects: Record<string, number>;
  objectCount: number;
}

/** Another installation that stands on the same cluster-wide CRDs, and is concerned by any change of them. */
export interface SharingInstallation {
  namespace: string;
  /** Release, or the name of its controller's workload. */
  name: string;
  version?: string;
}

/** What is installed of one tool. */
export interface InstalledTool {
  /** Absent where no release of that name is there. */
  release?: HelmReleaseState;
  /** Its workloads found by labels and images, `Deployment external-dns/external-dns`, each with its image's tag. */
  workloads: { kind: string; namespace: string; name: string; images: string[] }[];
  management: ToolManagement;
  crds: InstalledCrd[];
  sharing: SharingInstallation[];
}

/** What rendering the new version beside the installed one gave. The text is in the evidence store. */
export interface RenderedDifference {
  added: string[];
  changed: string[];
  removed: string[];
  /** sha-256 (hex) of the new rendered manifest. */
  renderedSha256: string;
  /** The difference as unified diff, Secrets' data left out. */
  evidence?: EvidenceReference;
}

/** All that was found out about one tool of the request. Kept in the observation, so no manifest is in it. */
export interface ObservedTool {
  wanted: WantedTool;
  installed: InstalledTool;
  /** The version that the request comes to; absent when none could be chosen. */
  chosen?: ChartVersion;
  /** The versions that were looked at, the highest first. */
  candidates: ToolCandidate[];
  /** Of the chosen version, or of the version that the request names. */
  comparison?: CrdComparison;
  /** For a version whose CRDs the policy refuses: the highest without a difference, where there is one. */
  highestWithoutDifference?: ChartVersion;
  rendered?: RenderedDifference;
  /** sha-256 (hex) of the chosen version's chart and the files with values; absent where helm is not given them by us. */
  contentSha256?: string;
  /** What could not be found out, or is wrong with it: each becomes a finding. */
  problems: ToolProblem[];
}

/** Something that stands in the way, as one finding will say it. */
export interface ToolProblem {
  kind:
    | 'unreachable-source'
    | 'no-such-version'
    | 'broken-chart'
    | 'values-do-not-render'
    | 'not-installed'
    | 'release-pending'
    | 'release-failed'
    | 'namespace-terminating'
    | 'no-helm'
    | 'unseen';
  message: string;
  remedy: string;
  source: string;
}

/** A chart or a set of manifests that was fetched, on disk for as long as `release` was not called. */
export interface FetchedChart extends ChartVersion {
  /** Folder or archive that helm takes; the file or folder itself for manifests. */
  path: string;
  kind: 'chart' | 'manifests';
  /** Takes it off the disk. */
  release(): Promise<void>;
}

/** A CustomResourceDefinition as it stands in a chart or a file. The only place where bodies are held, never stored. */
export interface CrdDocument {
  name: string;
  /** `crds`: Helm installs it once and never changes it; `template`: part of the release; `manifest`: neither. */
  from: 'crds' | 'template' | 'manifest';
  object: Record<string, unknown>;
}

/** Where versions and their charts come from. One file an implementation. */
export interface ChartRepository {
  /** Versions on offer, the highest first, without pre-releases unless the installed one is one. */
  versions(signal?: AbortSignal): Promise<ChartVersion[]>;
  /** Throws StepladderError with what is wrong and what to do. */
  fetch(version: string, signal?: AbortSignal): Promise<FetchedChart>;
}
