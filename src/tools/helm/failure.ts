import { StepladderError } from '../../contract/errors.ts';
import { toolProblem } from '../problem.ts';
import type { ToolProblemKind } from '../problem.ts';
import { lastWords } from './lastWords.ts';

/** What a call of helm was about, for messages. */
export interface HelmSubject {
  /** What was being done, to follow "could not": `upgrade release argocd/argo-cd`. */
  doing: string;
  /** The chart or where it comes from: `chart web 1.2.0`, `https://charts.example.org`. */
  chart?: string;
  /** `argocd/argo-cd`. */
  release?: string;
}

interface Rule {
  says: RegExp;
  kind: ToolProblemKind;
  remedy: string;
}

/**
 * Helm has one exit code for all that goes wrong, so its words decide. Those of Helm 3.14 to 3.19; the first
 * rule that fits.
 */
const rules: Rule[] = [
  {
    says: /because it is being terminated|is being terminated/,
    kind: 'namespace-terminating',
    remedy:
      'Wait until the namespace is gone or find out what keeps it (kubectl get namespace -o yaml), then start again.',
  },
  {
    says: /another operation \(install\/upgrade\/rollback\) is in progress/,
    kind: 'release-pending',
    remedy:
      'Wait until whoever works on it has ended. If nobody does, take it back to the last revision that was deployed (helm rollback), then start again.',
  },
  {
    says: /release: not found|has no deployed releases/,
    kind: 'not-installed',
    remedy:
      "Check the tool's release and namespace in the request, or install it first (stepladder tool install).",
  },
  {
    says: /chart "[^"]*" matching [^ ]* not found|no chart version found|ould not locate a version matching|nable to locate any tags|"FetchReference".*: not found|name unknown|improper constraint|invalid chart URL format|no chart name found|manifest unknown/,
    kind: 'no-such-version',
    remedy: "Check the chart's name and version against what is on offer there.",
  },
  {
    says: /no matches for kind|ensure CRDs are installed first/,
    kind: 'broken-chart',
    remedy:
      'It has objects of a kind that the cluster does not have. Where its CRDs come with it, let them be applied first (the policy `crds` of the tool); otherwise install what brings them.',
  },
  {
    says: /values don't meet the specifications|execution error at|nil pointer evaluating|error calling|wrong type for value|can't evaluate field|incompatible types for comparison|YAML parse error|error converting YAML to JSON.*templates|unable to build kubernetes objects from new release manifest|failed to parse (?!Chart)|cannot unmarshal/,
    kind: 'values-do-not-render',
    remedy:
      "Compare the release's values (helm get values) with the new chart's, and give what it wants in a file of the tool's values.",
  },
  {
    says: /Chart\.yaml|parse error at|does not appear to be a gzipped archive|gzip: invalid header|missing in charts\/ directory|validation: chart|chart metadata|not a valid chart(?! repository)|cannot load |unexpected EOF|no Chart\.yaml|function "[^"]*" not defined|path "[^"]*" not found|chart (is )?(invalid|requires kubeVersion)/,
    kind: 'broken-chart',
    remedy: 'Try it by `helm lint` and `helm template`; take another version, or have the chart mended.',
  },
  {
    says: /is not a valid chart repository|cannot be reached|Unable to get an update|failed to fetch|failed to download|no such host|connection refused|connection reset|i\/o timeout|context deadline exceeded|TLS handshake|x509:|tls: |no route to host|EOF|401|403|denied|unauthorized/i,
    kind: 'unreachable-source',
    remedy:
      "Check the address and the way from the worker to it (proxy, certificate authorities), and the worker's login where it wants one (helm registry login, helm repo add).",
  },
];

/** What tells that the cluster, and not a chart's source, is meant. */
const cluster: {
  says: RegExp;
  type: 'Unreachable' | 'CredentialsRefused';
  remedy: string;
  /** The credentials are taken, and this one thing is not allowed with them. */
  denied?: true;
}[] = [
  {
    says: /Kubernetes cluster unreachable.*(Unauthorized|must be logged in|provide credentials)|^Unauthorized|the server has asked for the client to provide credentials/,
    type: 'CredentialsRefused',
    remedy: "Check the worker's credentials for the cluster.",
  },
  {
    says: /is forbidden: User|forbidden: User|cannot (get|list|create|update|patch|delete) resource/,
    type: 'CredentialsRefused',
    denied: true,
    remedy:
      "Grant the worker's identity what it says: a tool's release is kept in Secrets of its namespace, and its objects are the worker's to change.",
  },
  {
    says: /Kubernetes cluster unreachable|unable to connect to the server|client rate limiter Wait returned an error/i,
    type: 'Unreachable',
    remedy: "Check the route from the worker to the cluster's endpoint.",
  },
];

/**
 * The error that helm's last words stand for.
 *
 * @param stderr all that it said
 * @param concerns `source` when only a chart's source is asked, so that what the network says is about that; `cluster`
 * when it works on a release
 * @returns `ToolFailed` for what no rule knows
 */
export function helmFailure(
  stderr: string,
  { doing, chart, release }: HelmSubject,
  concerns: 'source' | 'cluster',
): StepladderError {
  const words = lastWords(stderr);
  const what = `Could not ${doing}${chart === undefined ? '' : ` (${chart})`}: ${words === '' ? 'helm gave no reason' : words}`;
  const message = /[.…!?]$/.test(what) ? what : `${what}.`;
  const details = {
    ...(chart === undefined ? {} : { chart }),
    ...(release === undefined ? {} : { release }),
  };
  if (concerns === 'cluster' && !rules.slice(0, 2).some(({ says }) => says.test(stderr))) {
    const known = cluster.find(({ says }) => says.test(stderr));
    if (known !== undefined) {
      const { type, remedy, denied } = known;
      return new StepladderError(type, `${message} ${remedy}`, {
        ...details,
        ...(denied === undefined ? {} : { denied }),
      });
    }
  }
  const rule = rules.find(
    ({ says, kind }) => says.test(stderr) && (concerns === 'source' || kind !== 'unreachable-source'),
  );
  if (rule !== undefined) return toolProblem(rule.kind, message, rule.remedy);
  const remedy =
    release === undefined
      ? 'Try the same by hand to see more.'
      : `Look at it with \`helm status\` and \`helm history\` (release ${release}).`;
  return new StepladderError('ToolFailed', `${message} ${remedy}`, { ...details, words });
}
