import type {
  CallFaultRule,
  FaultSettings,
  FaultSettingsInput,
  NodeFaultRule,
  PodFaultRule,
  UpdateFaultRule,
} from '../../scenario/faultsSchema.ts';
import { faultsSchema } from '../../scenario/faultsSchema.ts';
import type { Random } from '../../eks-api/random.ts';
import { seededRandom } from '../../eks-api/random.ts';
import type { CallFault, Faults, FaultSurface, SimulatedClock } from './types.ts';

interface ActiveRule<Rule> {
  rule: Rule;
  random: Random;
  /** Things that it matched so far. */
  matched: number;
  /** Things that it hit so far. */
  hit: number;
}

/**
 * What goes wrong, by rules from the scenario, a test or the control endpoint. Each rule draws from a generator of
 * its own, so that the same seed and the same calls give the same faults, whatever other rules there are.
 */
export class SimulatedFaults implements Faults {
  private calls: ActiveRule<CallFaultRule>[] = [];
  private nodes: ActiveRule<NodeFaultRule>[] = [];
  private updates: ActiveRule<UpdateFaultRule>[] = [];
  private images: string[] = [];
  /** With the uids of the Pods that each has hit: a Pod that is hit stays so. */
  private pods: { rule: PodFaultRule; hit: Set<string> }[] = [];
  private credentialWindows: { from: number; to: number }[] = [];
  private downtimeSeconds = 0;
  private refusing = false;
  private apiServerDown = false;
  private rulesMade = 0;
  private readonly watchCutListeners = new Set<() => void>();
  private readonly clock: SimulatedClock;
  private readonly seed: number;

  constructor(options: { clock: SimulatedClock; seed: number; settings?: FaultSettings }) {
    this.clock = options.clock;
    this.seed = options.seed;
    if (options.settings !== undefined) this.turnOn(options.settings);
  }

  /** Adds faults to those that are on; times are counted from now. Returns what turns off exactly these. */
  turnOn(input: FaultSettingsInput): () => void {
    const settings = faultsSchema.parse(input);
    const start = this.clock.now().getTime();
    const calls = settings.calls.map((rule) => this.active(rule));
    const nodes = settings.nodes.map((rule) => this.active(rule));
    const updates = settings.updates.map((rule) => this.active(rule));
    const images = settings.images.map(({ image }) => image);
    const pods = settings.pods.map((rule) => ({ rule, hit: new Set<string>() }));
    const windows = settings.credentials.map(({ fromSeconds, toSeconds }) => ({
      from: start + fromSeconds * 1000,
      to: toSeconds === undefined ? Infinity : start + toSeconds * 1000,
    }));
    this.calls.push(...calls);
    this.nodes.push(...nodes);
    this.updates.push(...updates);
    this.images.push(...images);
    this.pods.push(...pods);
    this.credentialWindows.push(...windows);
    if (settings.apiServerDowntimeSeconds > 0) this.downtimeSeconds = settings.apiServerDowntimeSeconds;
    return () => {
      this.calls = this.calls.filter((rule) => !calls.includes(rule));
      this.nodes = this.nodes.filter((rule) => !nodes.includes(rule));
      this.updates = this.updates.filter((rule) => !updates.includes(rule));
      this.pods = this.pods.filter((rule) => !pods.includes(rule));
      for (const image of images) this.images.splice(this.images.indexOf(image), 1);
      this.credentialWindows = this.credentialWindows.filter((window) => !windows.includes(window));
      if (settings.apiServerDowntimeSeconds > 0) this.downtimeSeconds = 0;
    };
  }

  /** Turns every fault off. */
  clear(): void {
    this.calls = [];
    this.nodes = [];
    this.updates = [];
    this.images = [];
    this.pods = [];
    this.credentialWindows = [];
    this.downtimeSeconds = 0;
    this.refusing = false;
    this.apiServerDown = false;
  }

  onCall(surface: FaultSurface, operation: string): CallFault | undefined {
    if (surface === 'kubernetes' && this.apiServerDown) return { kind: 'reset' };
    for (const active of this.calls) {
      const { rule } = active;
      if (rule.surface !== undefined && rule.surface !== surface) continue;
      if (rule.operation !== undefined && !matchesPattern(rule.operation, operation)) continue;
      if (rule.kind === 'drop-watch' && !(surface === 'kubernetes' && operation.startsWith('watch')))
        continue;
      if (this.hits(active, rule.afterCalls)) return callFault(surface, rule.kind);
    }
    return undefined;
  }

  /** What befalls a node that is being launched. */
  nodeFault(nodeGroup: string): NodeFaultRule | undefined {
    return this.nodes.find(
      (active) =>
        (active.rule.nodeGroup === undefined || active.rule.nodeGroup === nodeGroup) && this.hits(active),
    )?.rule;
  }

  /** The error that an update of EKS ends with, or undefined when it goes as it should. Asked once for each update. */
  updateError(kind: UpdateFaultRule['kind'], name: string): { code: string; message: string } | undefined {
    const found = this.updates.find(
      ({ rule }) => rule.kind === kind && (rule.name === undefined || rule.name === name),
    );
    if (found === undefined || !this.hits(found)) return undefined;
    const { code, message } = found.rule;
    return { code, message: message ?? `${kind} of ${name} failed: ${code}` };
  }

  /** Whether an image can't be pulled. */
  isImageBroken(image: string): boolean {
    return this.images.some((pattern) => matchesPattern(pattern, image));
  }

  /** Whether a Pod that starts is never to be Ready. */
  isNeverReady(pod: {
    namespace: string;
    name: string;
    uid: string;
    nodeGroup: string | undefined;
  }): boolean {
    return this.pods.some(({ rule, hit }) => {
      if (hit.has(pod.uid)) return true;
      const meant =
        (rule.namespace === undefined || rule.namespace === pod.namespace) &&
        (rule.name === undefined || matchesPattern(rule.name, pod.name)) &&
        (rule.nodeGroup === undefined || rule.nodeGroup === pod.nodeGroup) &&
        hit.size < (rule.count ?? Infinity);
      if (meant) hit.add(pod.uid);
      return meant;
    });
  }

  /** Refuses all credentials and tokens, or takes them again. */
  refuseCredentials(refused: boolean): void {
    this.refusing = refused;
  }

  credentialsRefused(): boolean {
    const now = this.clock.now().getTime();
    return this.refusing || this.credentialWindows.some(({ from, to }) => now >= from && now < to);
  }

  /** How long the Kubernetes API is to be away in a control plane upgrade, in simulated seconds. */
  get apiServerDowntimeSeconds(): number {
    return this.downtimeSeconds;
  }

  /** Takes the Kubernetes API away, and brings it back. */
  setApiServerDown(down: boolean): void {
    this.apiServerDown = down;
    if (down) this.cutWatches();
  }

  onWatchCut(listener: () => void): () => void {
    this.watchCutListeners.add(listener);
    return () => this.watchCutListeners.delete(listener);
  }

  /** Ends all running watches, as the API servers' replacement does. */
  cutWatches(): void {
    for (const listener of [...this.watchCutListeners]) listener();
  }

  private active<Rule>(rule: Rule): ActiveRule<Rule> {
    this.rulesMade += 1;
    return { rule, random: seededRandom(this.seed * 1_000 + this.rulesMade), matched: 0, hit: 0 };
  }

  private hits(active: ActiveRule<{ rate?: number; count?: number | undefined }>, leaveAlone = 0): boolean {
    active.matched += 1;
    if (active.matched <= leaveAlone) return false;
    if (active.rule.count !== undefined && active.hit >= active.rule.count) return false;
    if (active.random() >= (active.rule.rate ?? 1)) return false;
    active.hit += 1;
    return true;
  }
}

/** Whether a text fits a pattern in which `*` stands for any characters. */
export function matchesPattern(pattern: string, text: string): boolean {
  const expression = pattern
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`, 's').test(text);
}

/** The fault in the words of the API that it befalls. */
function callFault(surface: FaultSurface, kind: CallFaultRule['kind']): CallFault {
  const eks = surface === 'eks';
  switch (kind) {
    case 'throttle':
      return eks
        ? { kind: 'status', code: 429, reason: 'ThrottlingException', message: 'Rate exceeded' }
        : {
            kind: 'status',
            code: 429,
            reason: 'TooManyRequests',
            message: 'the server has received too many requests and has asked us to try again later',
          };
    case 'server-error':
      return eks
        ? { kind: 'status', code: 500, reason: 'ServerException', message: 'An internal error occurred.' }
        : {
            kind: 'status',
            code: 500,
            reason: 'InternalError',
            message: 'an error on the server has prevented the request from succeeding',
          };
    case 'unavailable':
      return {
        kind: 'status',
        code: 503,
        reason: eks ? 'ServiceUnavailableException' : 'ServiceUnavailable',
        message: eks
          ? 'The service is temporarily unavailable.'
          : 'the server is currently unable to handle the request',
      };
    case 'reset':
    case 'drop-watch':
      return { kind };
  }
}
