import { CancellationScope, condition, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { Sides } from '../../activities/migrationTypes.ts';
import type { ClusterContext } from '../../activities/types.ts';
import type { Remark } from '../../contract/messages.ts';
import type { MigrationStage, MigrationStatus } from '../../contract/migration.ts';
import type { MigrationRequest } from '../../contract/migrationSchema.ts';
import type { Hop } from '../../contract/plan.ts';
import type { Request } from '../../contract/request.ts';
import { rollbackRefusal } from '../../contract/rollbackRefusal.ts';
import type { RoutingWeights } from '../../contract/routing.ts';
import type { Compensation, StageStatus } from '../../contract/status.ts';
import type { RoutingMemento } from '../../routing/routing.ts';
import { perform } from '../activities.ts';
import type { Decisions } from '../decisions.ts';
import { failure } from '../failures.ts';
import type { Gates } from '../gates.ts';
import { Holding } from '../holding.ts';
import { steadily } from '../steadily.ts';
import { now, scaled, scaledDuration } from '../time.ts';
import type { UpgradeState } from '../upgradeState.ts';

/** What a migration is carried out by. */
export interface MigrationSettings {
  request: Request;
  blue: ClusterContext;
  hop: Hop;
  planDigest: string;
  /** Holds green, so that nobody upgrades it meanwhile (rule 16). */
  hold: (green: ClusterContext) => Promise<void>;
}

type Undo = Extract<
  Compensation['undo'],
  'removeGreenCluster' | 'distrustGreen' | 'restoreRouting' | 'releaseWork'
>;

/** What came of something that a person may break off by `rollback`. */
export type OrRollback<T> = { done: T } | { rollback: Remark };

/**
 * One migration, as far as it has come: what all its steps need, what people have said meanwhile, and what has to be put
 * back should it end early.
 */
export class MigrationRun {
  readonly state: UpgradeState;
  readonly gates: Gates;
  readonly decisions: Decisions;
  readonly holding: Holding;
  /** Workflow ID of the root, which stands on everything that it makes. */
  readonly madeBy = workflowInfo().workflowId;
  /** Run ID of the root's first run; client tokens are derived from it. */
  readonly runId = workflowInfo().firstExecutionRunId;
  /** What the router had before anything was changed; absent until then, and where nobody can know. */
  memento: RoutingMemento | undefined;
  /** The weights that a person has said last to have set, for a router that can't be asked. */
  said: RoutingWeights | undefined;
  private settings: MigrationSettings | undefined;
  private greenContext: ClusterContext | undefined;
  private asked: Remark | undefined;
  private breakable: CancellationScope | undefined;
  private canGoBack = false;
  private isEnding = false;

  constructor(state: UpgradeState, gates: Gates, decisions: Decisions) {
    this.state = state;
    this.gates = gates;
    this.decisions = decisions;
    this.holding = new Holding(state);
  }

  begin(settings: MigrationSettings): void {
    this.settings = settings;
    const weights = this.find('cutover')?.weights;
    this.state.status.migration = {
      green: { name: this.stage('green-cluster').cluster },
      ...(weights === undefined ? {} : { steps: [...weights] }),
      addresses: [],
      moves: [],
    };
    this.state.publish();
  }

  get request(): Request {
    return this.given().request;
  }

  get migration(): MigrationRequest {
    const { migration } = this.given().request;
    if (migration === undefined) throw failure('InternalError', 'The request has no migration.');
    return migration;
  }

  get hop(): Hop {
    return this.given().hop;
  }

  get planDigest(): string {
    return this.given().planDigest;
  }

  get blue(): ClusterContext {
    return this.given().blue;
  }

  /** @throws ApplicationFailure before green is there */
  get sides(): Sides {
    if (this.greenContext === undefined) throw failure('InternalError', 'The new cluster is not there yet.');
    return { blue: this.blue, green: this.greenContext };
  }

  get green(): ClusterContext | undefined {
    return this.greenContext;
  }

  /** Takes over the cluster that has just become ACTIVE. */
  async greenIs(context: ClusterContext): Promise<void> {
    await this.given().hold(context);
    this.greenContext = context;
    this.status.green = { name: context.cluster.name, arn: context.identity.arn };
    this.state.publish();
  }

  get status(): MigrationStatus {
    const { migration } = this.state.status;
    if (migration === undefined)
      throw failure('InternalError', 'A migration was carried out before it was begun.');
    return migration;
  }

  /** A stage of the plan, where it has to be there. */
  stage<Name extends MigrationStage['stage']>(name: Name): Extract<MigrationStage, { stage: Name }> {
    const stage = this.find(name);
    if (stage === undefined) throw failure('InternalError', `The approved plan has no stage ${name}.`);
    return stage;
  }

  find<Name extends MigrationStage['stage']>(
    name: Name,
  ): Extract<MigrationStage, { stage: Name }> | undefined {
    return this.hop.stages.find(
      (stage): stage is Extract<MigrationStage, { stage: Name }> => stage.stage === name,
    );
  }

  /** `1.34/cutover`. */
  place(name: MigrationStage['stage']): string {
    return `${this.hop.to}/${name}`;
  }

  /** Carries out one stage of the plan, and shows it so. A stage that the plan does not have is passed over. */
  async inStage(
    name: MigrationStage['stage'],
    carryOut: (status: StageStatus) => Promise<void>,
  ): Promise<void> {
    const index = this.hop.stages.findIndex(({ stage }) => stage === name);
    if (index < 0) return;
    await this.checkpoint();
    const status = this.state.beginStage(0, index);
    try {
      await carryOut(status);
      this.state.endStage(status, 'done');
    } catch (error) {
      this.state.endWaitsAt(this.place(name));
      this.state.endStage(status, isCancellation(error) ? 'stopped' : 'failed');
      this.state.hop(0).state = status.state;
      throw error;
    }
  }

  /** One line about where a stage stands. */
  detail(status: StageStatus, text: string): void {
    status.detail = text;
    this.state.publish();
  }

  /** Where nothing new may start while a person has paused it. */
  async checkpoint(): Promise<void> {
    if (!this.state.status.paused) return;
    this.state.beginWait('pause', 'A person has paused the migration; `resume` goes on.');
    try {
      await condition(() => !this.state.status.paused);
    } finally {
      this.state.endWait('pause');
    }
  }

  /** The same, and where nothing may start outside the request's window. */
  async untilWindow(): Promise<void> {
    const { window } = this.request;
    for (;;) {
      await this.checkpoint();
      if (window === undefined) return;
      const next = await steadily(this.state, () =>
        perform('nextWindow', 'When may changes start?', { window, at: now() }),
      );
      if (next.waitMs === 0) return;
      this.state.beginWait('window', `The maintenance window opens at ${next.opensAt}.`, next.opensAt);
      try {
        await sleep(next.waitMs, { summary: `until the window opens at ${next.opensAt}` });
      } finally {
        this.state.endWait('window');
      }
    }
  }

  /** Whether `resume` accepts what is held over. */
  acceptBroken(remark: Remark): boolean {
    return this.holding.accept(remark);
  }

  /** A person wants the users back on blue. Returns why that can't be, or undefined when it is being done. */
  rollback(remark: Remark): string | undefined {
    if (!this.canGoBack) {
      const { migration, cluster } = this.state.status;
      return rollbackRefusal(migration, cluster.name, this.isEnding);
    }
    this.asked = remark;
    this.decisions.withdraw('void');
    this.breakable?.cancel();
    return undefined;
  }

  /**
   * Does something that `rollback` breaks off. What must not be broken off in its middle stands outside of it.
   *
   * @throws what it throws, and the cancellation of an abort
   */
  async orRollback<T>(action: () => Promise<T>): Promise<OrRollback<T>> {
    this.canGoBack = true;
    try {
      if (this.asked !== undefined) return { rollback: this.takeAsked() };
      const scope = new CancellationScope();
      this.breakable = scope;
      const result = await scope.run(action);
      return this.isAsked() ? { rollback: this.takeAsked() } : { done: result };
    } catch (error) {
      if (!isCancellation(error) || !this.isAsked()) throw error;
      return { rollback: this.takeAsked() };
    } finally {
      this.breakable = undefined;
      this.canGoBack = false;
    }
  }

  /** From now on nobody is sent back by `rollback`: blue is given up, or all of it leads back by itself. */
  noWayBack(): void {
    this.canGoBack = false;
    this.isEnding = true;
  }

  /** Records what is about to be changed, before it is (rule 14). */
  owe(undo: Undo, what: string, args: Record<string, unknown> = {}): void {
    if (this.owes(undo)) return;
    this.state.changed = true;
    this.state.stageEvent('', { kind: 'compensation', compensation: { undo, args, what } });
  }

  owes(undo: Undo): boolean {
    return this.state.status.compensations.some(
      (compensation) => compensation.undo === undo && compensation.state === 'open',
    );
  }

  settle(undo: Undo, how: 'put-back' | 'failed' | 'kept'): void {
    const open = this.state.status.compensations.find(
      (compensation) => compensation.undo === undo && compensation.state === 'open',
    );
    if (open === undefined) return;
    open.state = how;
    this.state.publish();
  }

  /** A time limit of the request's `timing`, milliseconds. */
  limit(name: Parameters<typeof scaled>[1]): number {
    return scaled(this.request.timing, name);
  }

  /** Any duration of the request, scaled; milliseconds. */
  duration(text: string): number {
    return scaledDuration(this.request.timing, text);
  }

  private isAsked(): boolean {
    return this.asked !== undefined;
  }

  private takeAsked(): Remark {
    const asked = this.asked ?? {};
    this.asked = undefined;
    return asked;
  }

  private given(): MigrationSettings {
    if (this.settings === undefined)
      throw failure('InternalError', 'A migration was carried out before it was begun.');
    return this.settings;
  }
}
