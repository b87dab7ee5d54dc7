/**
 * Where a new version of a tool comes from. A reference holds no credential: those of a registry are the worker's own
 * (`helm registry login`, HELM_* variables).
 */
export type ChartSource =
  /** A chart of a Helm repository: `{"repository": "https://…", "chart": "external-dns"}`. */
  | { repository: string; chart: string }
  /** A chart in an OCI registry: `{"oci": "oci://…/external-dns"}`. */
  | { oci: string }
  /** A chart folder or archive on the worker. `{version}` in it stands for each version on offer. */
  | { path: string }
  /**
   * Manifests alone, such as `manifests/crds` of a release: a file, a folder (with or without kustomization) or a URL.
   * `{version}` in it stands for each version on offer.
   */
  | { manifests: string };

/** What a difference between CRDs may be at most for a tool to be upgraded in place (rule 10). */
export type CrdPolicy = 'refuse' | 'additive' | 'allow';

/** The version to ask for where the highest is wanted whose CRDs do not differ from the cluster's. */
export const latestWithoutCrdDifference = 'latest-without-crd-diff';

/** How a CRD differs from the one in the cluster; the later the worse. */
export type CrdVerdict = 'none' | 'documentation' | 'additive' | 'breaking';

/** From the least to the worst. */
export const crdVerdicts: readonly CrdVerdict[] = ['none', 'documentation', 'additive', 'breaking'];

/** One difference between the CRD in the cluster and the new one. */
export interface CrdChange {
  /** Where in the CRD: `spec.versions[v1alpha1].schema.spec.properties.project.maxLength`. */
  path: string;
  verdict: Exclude<CrdVerdict, 'none'>;
  /** One sentence: `the field is gone`, `a new required field`. */
  what: string;
}

/** One CRD, compared. */
export interface CrdDifference {
  /** `applications.argoproj.io`. */
  crd: string;
  /** `missing`: the cluster does not have it (a new one: additive); `extra`: the new version has it no more (nothing is deleted). */
  state: 'same' | 'changed' | 'missing' | 'extra';
  /** The worst of its changes. */
  verdict: CrdVerdict;
  changes: CrdChange[];
}

/** A live custom resource that the new schema would refuse. */
export interface RefusedObject {
  crd: string;
  apiVersion: string;
  kind: string;
  /** Absent for those that are cluster-wide. */
  namespace?: string;
  name: string;
  /** What the API server says, without the object's content. */
  reason: string;
}

/** What comparing the CRDs of one new version with the live cluster gave. */
export interface CrdComparison {
  verdict: CrdVerdict;
  /** Those that differ; CRDs that are the same are only counted. */
  differences: CrdDifference[];
  /** CRDs that were compared. */
  compared: number;
  /** Live custom resources that were tried against the new schema, and those that it would refuse (at most 100 named). */
  tried: number;
  refused: RefusedObject[];
  refusedCount: number;
  /** What could not be compared or tried, and why: never taken for no difference. */
  unknown: string[];
}

/** A chart as one version of it is called. */
export interface ChartVersion {
  /** Version of the chart, or of the manifests: `1.15.0`. */
  version: string;
  appVersion?: string;
}

/** One version that was looked at for `latest-without-crd-diff`. */
export interface ToolCandidate extends ChartVersion {
  /** Absent where it could not be had: `problem` says why. */
  verdict?: CrdVerdict;
  problem?: string;
}

/** What a tool is brought up with: helm itself, or a helmfile that a person keeps. */
export type ToolDriver = { by: 'helm' } | { by: 'helmfile'; file: string; selector?: string };

/** One tool of the plan: what will be done, and nothing else. Part of the digest. */
export interface ToolChange {
  /** The tool's name in the request: `external-dns`. */
  tool: string;
  namespace: string;
  release: string;
  source: ChartSource;
  driver: ToolDriver;
  /** Absent when it is installed for the first time. */
  from?: ChartVersion & { revision: number };
  to: ChartVersion;
  /** Files with values on the worker, on top of the release's own. */
  values: string[];
  /** sha-256 (hex) of the manifest that helm renders for it, so that an approval covers what was shown. */
  renderedSha256: string;
  /**
   * sha-256 (hex) of the chart and of the files with values, which is looked at again right before helm gets them. Absent
   * where a helmfile or Git says what is installed, and in plans of older releases.
   */
  contentSha256?: string;
  /**
   * The Application (`argocd/external-dns`) by which Argo CD keeps the tool: nothing is changed here, and the upgrade
   * waits until Git has brought the tool to its version.
   */
  awaitGit?: { application: string };
  /** CRDs that are changed before the chart, by the request's policy; none is the rule. */
  crds: { policy: CrdPolicy; verdict: CrdVerdict; applied: string[] };
}
