import type {
  ComparisonVerdict,
  ContentsVerdict,
  CopyVerdict,
  GreenWorkloadsVerdict,
  ProbesVerdict,
} from '../activities/migrationTypes.ts';
import type { MigrationStage, RetirementStage, VolumeDecision } from './migration.ts';
import type { MinorVersion, PlannedStage } from './plan.ts';
import type { Probe, ProbeTarget } from './probe.ts';
import { proxiedName } from './proxiedName.ts';
import type { RoutingWeights } from './routing.ts';
import { routerText, weightsText } from './weightsText.ts';

/** Lines of one kind that a person is shown at most; the evidence has all. */
const shownLines = 10;

/** What a person decides on before the users go over. Names are of clusters. */
export interface CutoverMoment {
  blue: string;
  green: string;
  region?: string | undefined;
  from: MinorVersion;
  to: MinorVersion;
  /** The stages of the plan's hop. */
  stages: readonly PlannedStage[];
  /** Absent where nothing was copied yet. */
  copied?: Omit<CopyVerdict, 'evidence'> | undefined;
  comparison: Omit<ComparisonVerdict, 'evidence'>;
  workloads: Omit<GreenWorkloadsVerdict, 'evidence'>;
  probes: ProbesVerdict;
  /** The request's probes: where to look for oneself. */
  asked: readonly Probe[];
  /** Where the users are now; undefined where it can't be known. */
  weights?: RoutingWeights | undefined;
  addresses: readonly string[];
  /** Bad looks in a row by which the users are sent back. */
  badLooks: number;
  /** Why the users were sent back before, oldest first. */
  returns: readonly string[];
}

/**
 * What is shown at the gate `cutover`: Markdown lines, part of the opening's digest, the worst first. Then what was looked
 * at, how to look for oneself, what an approval does and how to go back.
 */
export function cutoverShown(moment: CutoverMoment): string[] {
  const { blue, green, from, to, stages, returns } = moment;
  const cutover = find(stages, 'cutover');
  return [
    `Send the users of ${blue} (${from}) to ${green} (${to})${cutover === undefined ? '' : `, by ${routerText(cutover.router)}`}?`,
    ...returns.map(
      (why, index) => `- **sent back before${returns.length > 1 ? ` (${index + 1})` : ''}**: ${why}`,
    ),
    ...against(moment),
    ...seen(moment),
    ...lookForOneself(moment),
    ...onApproval(moment),
    ...wayBack(moment),
  ];
}

/** What speaks against it. The gate is not opened over most of it, unless a person has accepted that. */
function against({ copied, comparison, workloads, probes, asked, green, blue }: CutoverMoment): string[] {
  const failing = probes.results
    .filter(({ state }) => state !== 'holds')
    .map(({ name, state, why }) => `${name} ${state === 'fails' ? 'fails' : 'is unknown'}: ${why}`);
  return [
    ...block(`${green} refused objects`, copied?.refused ?? [], copied?.refusedCount ?? 0),
    ...block('differences that nothing explains', comparison.unexplained, comparison.unexplainedCount),
    ...block('workloads that do worse than before', workloads.behind, workloads.behindCount),
    ...block('probes that do not hold', failing, failing.length),
    ...(asked.length === 0
      ? [
          '- **no probe** was asked for: nothing but Ready Pods and the router’s own health checks tells how it serves',
        ]
      : []),
    ...(comparison.contents === undefined ? [] : otherContents(comparison.contents, blue, green)),
  ];
}

/** What both have and what does not say the same: no reason to wait, but one to look. */
function otherContents(contents: ContentsVerdict, blue: string, green: string): string[] {
  const { differing, onlyGreenSaysMore, lines, isBroughtAgain } = contents;
  const changed = differing - onlyGreenSaysMore;
  return [
    ...block(`objects that do not say the same on ${green} as on ${blue}`, lines, differing),
    ...(changed > 0
      ? [
          isBroughtAgain
            ? `  - ${changed === 1 ? 'one has changed since it was' : `${changed} have changed since they were`} copied: what ${blue} says then is brought again right before the users go`
            : `  - ${changed === 1 ? 'one is' : `${changed} are`} as their own source has them: see that nothing of ${blue} is missing there`,
        ]
      : []),
    ...(onlyGreenSaysMore > 0
      ? [
          `  - ${onlyGreenSaysMore === 1 ? 'one says' : `${onlyGreenSaysMore} say`} all that ${blue} does, and something besides: that stays`,
        ]
      : []),
  ];
}

function seen({ copied, comparison, workloads, probes, green, blue }: CutoverMoment): string[] {
  const explained = comparison.explained.reduce((sum, { count }) => sum + count, 0);
  const unexplained =
    comparison.unexplainedCount === 0 ? 'none unexplained' : `${comparison.unexplainedCount} unexplained`;
  const holding = probes.results.filter(({ state }) => state === 'holds');
  return [
    ...(copied === undefined
      ? []
      : [
          `- **copied**: ${objects(copied.applied + copied.unchanged)} on ${green}, ${copied.leftOut} stay behind`,
        ]),
    `- **compared**: ${objects(comparison.same)} ${contentsSeen(comparison)}; differences: ${explained} explained, ${unexplained}`,
    ...comparison.explained.slice(0, shownLines).map(({ reason, count }) => `  - ${count}: ${reason}`),
    `- **workloads**: ${workloads.compared} owners of Pods were compared${workloads.well ? `, all as well as on ${blue}` : ''}`,
    ...(holding.length === 0
      ? []
      : [
          `- **probed** from inside: ${holding.map(({ name, inARow }) => `${name} (${inARow} in a row)`).join(', ')}`,
        ]),
  ];
}

function contentsSeen({ contents }: Pick<ComparisonVerdict, 'contents'>): string {
  if (contents === undefined) return 'the same on both';
  const { compared, differing } = contents;
  return `on both, ${compared} compared by what they say: ${differing === 0 ? 'all the same' : `${differing} not the same`}`;
}

function lookForOneself({ blue, green, region, asked, addresses, weights }: CutoverMoment): string[] {
  const users = weights === undefined ? 'where they are sent is not known' : weightsText(weights);
  return [
    '- **look for yourself**',
    `  - \`aws eks update-kubeconfig --name ${green}${region === undefined ? '' : ` --region ${region}`}\``,
    ...asked
      .slice(0, shownLines)
      .map(({ name, green: target, path }) => `  - ${name}: \`${howToAsk(target, path)}\``),
    `  - the users of ${blue} now: ${users}${addresses.length === 0 ? '' : ` (${addresses.join(', ')})`}`,
  ];
}

/** As one would ask it from a shell. */
function howToAsk(target: ProbeTarget, path: string): string {
  if (typeof target === 'string') {
    return path === '/' ? target : `${target.replace(/\/$/, '')}${path}`;
  }
  const { service } = target;
  return `kubectl get --raw /api/v1/namespaces/${service.namespace}/services/${proxiedName(service)}/proxy${path}`;
}

function onApproval({ blue, green, stages, badLooks }: CutoverMoment): string[] {
  const cutover = find(stages, 'cutover');
  const retirement = find(stages, 'retirement');
  return [
    '- **on approval**',
    `  - first ${still(stages)} stop on ${blue}, then start on ${green}`,
    ...(cutover === undefined
      ? []
      : [
          `  - ${cutover.weights.map((weight) => `${weight} %`).join(' → ')} of the users on ${green}, each step watched for ${cutover.soak}`,
          `  - after ${badLooks === 1 ? 'one look' : `${badLooks} looks in a row`} at which ${green} does worse than ${blue}, all go back by themselves`,
        ]),
    ...(retirement === undefined
      ? []
      : [
          `  - ${blue} then stays as it was for ${retirement.keepOldFor}, and goes only when you approve that too`,
        ]),
  ];
}

function wayBack({ blue, green, stages }: CutoverMoment): string[] {
  return [
    `- **to go back**: \`rollback\`, at any step and as long as ${blue} is kept: all users are on ${blue} again within one step`,
    ...writes(stages, blue, green).map((line) => `  - ${line}`),
  ];
}

/** What a person is told who sends the users back: what is done, and what becomes of what was written meanwhile. */
export function rollbackText(moment: {
  blue: string;
  green: string;
  stages: readonly PlannedStage[];
}): string {
  const { blue, green, stages } = moment;
  return [
    `All users are sent back to ${blue}. There ${still(stages)} run again, and stand still on ${green}.`,
    ...writes(stages, blue, green).map((line) => `${line.charAt(0).toUpperCase()}${line.slice(1)}.`),
  ].join(' ');
}

const decided: Record<VolumeDecision, (claims: string, blue: string, green: string) => string> = {
  shared: (claims) => `what was written to ${claims} is there on both: they share it`,
  restored: (claims, blue, green) =>
    `what was written to ${claims} on ${green} stays there: your own job has to bring it back to ${blue}`,
  empty: (claims, blue, green) =>
    `what was written to ${claims} on ${green} stays there, and ${blue} does not have it`,
};

/** What becomes of what was written on green since the cutover, when the users go back. */
function writes(stages: readonly PlannedStage[], blue: string, green: string): string[] {
  const volumes = find(stages, 'resources')?.volumes ?? [];
  return [
    `what was written to databases and queues outside both clusters stays written`,
    ...(['restored', 'empty', 'shared'] as const).flatMap((wanted) => {
      const claims = volumes.filter(({ decision }) => decision === wanted).map(({ claim }) => claim);
      return claims.length === 0 ? [] : [decided[wanted](named(claims), blue, green)];
    }),
    `objects that were changed in the Kubernetes API of ${green} since then are not brought back to ${blue}`,
  ];
}

/** What a person decides on before the old cluster is deleted. */
export interface RetireMoment {
  blue: string;
  green: string;
  stages: readonly PlannedStage[];
  stage: RetirementStage;
  /** For how long all users have been on green. */
  servedMs: number;
  /** Nodes of the old cluster that go; undefined where it is not known. */
  nodes?: number | undefined;
  weights?: RoutingWeights | undefined;
}

/** What is shown at the gate `retire`: Markdown lines, part of the opening's digest. */
export function retireShown(moment: RetireMoment): string[] {
  const { blue, green, stages, stage, servedMs, nodes, weights } = moment;
  const volumes = find(stages, 'resources')?.volumes ?? [];
  const left = volumes.filter(({ decision }) => decision !== 'shared').map(({ claim }) => claim);
  return [
    `Delete ${blue}? It can't be undone: until then \`rollback\` sends the users back to it, afterwards there is no way back.`,
    `- **served**: all users have been on ${green} for ${span(servedMs)}${weights === undefined ? '' : `; now ${weightsText(weights)}`}`,
    `- **deleted**: node groups ${named(stage.nodeGroups)}; add-ons ${named(stage.addons)}; cluster ${blue}. Nothing else: a node group that is not in this list stops it`,
    ...(left.length === 0
      ? []
      : [
          `- **data**: of ${named(left)} nothing was shared; what only ${blue} has of it is deleted or left behind, as the volumes' reclaim policies say`,
        ]),
    `- **stays**: load balancers, volumes and whatever else controllers on ${blue} have made outside of it`,
    ...(nodes === undefined || nodes === 0
      ? []
      : [`- **saved**: ${nodes} nodes and a control plane, ${nodes * 24} node-hours a day`]),
    `- **rejected**, ${blue} stays as it is and is yours; the migration is done all the same`,
  ];
}

/** `CronJobs, shop/queue`: what must not work twice. */
function still(stages: readonly PlannedStage[]): string {
  const singletons = find(stages, 'resources')?.singletons ?? [];
  return ['CronJobs', ...singletons.map(({ namespace, name }) => `${namespace}/${name}`)].join(', ');
}

function block(title: string, lines: readonly string[], count: number): string[] {
  if (count === 0) return [];
  const shown = lines.slice(0, shownLines);
  const more = count - shown.length;
  return [
    `- **${title}** (${count})`,
    ...shown.map((line) => `  - ${line}`),
    ...(more > 0 ? [`  - and ${more} more in the evidence`] : []),
  ];
}

function named(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - shownLines;
  return `${names.slice(0, shownLines).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const objects = (count: number): string => `${count} ${count === 1 ? 'object' : 'objects'}`;

/** In the largest unit that says enough: `45 s`, `12 min`, `5 h`, `3 d 4 h`. */
function span(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  const rest = hours % 24;
  return `${Math.floor(hours / 24)} d${rest === 0 ? '' : ` ${rest} h`}`;
}

function find<Name extends MigrationStage['stage']>(
  stages: readonly PlannedStage[],
  name: Name,
): Extract<MigrationStage, { stage: Name }> | undefined {
  return stages.find((stage): stage is Extract<MigrationStage, { stage: Name }> => stage.stage === name);
}
