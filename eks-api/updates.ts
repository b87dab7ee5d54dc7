import type { ErrorCode, Update, UpdateParam, UpdateParamType, UpdateType } from '@aws-sdk/client-eks';
import { BackgroundWork } from './backgroundWork.ts';
import { EksError } from './errors.ts';
import type { Infrastructure } from './infrastructure.ts';
import { randomUuid } from './random.ts';
import type { Random } from './random.ts';

/** What an update is of. */
export type UpdateTarget =
  { kind: 'cluster' } | { kind: 'node-group'; name: string } | { kind: 'add-on'; name: string };

/** One thing that went wrong in an update. */
export interface UpdateProblem {
  /** EKS's code, e.g. `PodEvictionFailure`. */
  code: string;
  message: string;
  resourceIds: string[];
}

/** Thrown by the work of an update that fails in a way that EKS has a code for. */
export class UpdateFailure extends Error {
  readonly problem: UpdateProblem;
  /** What the update ends as. */
  readonly status: 'Failed' | 'Cancelled';

  constructor(problem: UpdateProblem, status: 'Failed' | 'Cancelled' = 'Failed') {
    super(`${problem.code}: ${problem.message}`);
    this.name = 'UpdateFailure';
    this.problem = problem;
    this.status = status;
  }
}

/** The codes that EKS has for what goes wrong in an update. */
const errorCodes: readonly ErrorCode[] = [
  'SubnetNotFound',
  'SecurityGroupNotFound',
  'EniLimitReached',
  'IpNotAvailable',
  'AccessDenied',
  'OperationNotPermitted',
  'VpcIdNotFound',
  'Unknown',
  'NodeCreationFailure',
  'PodEvictionFailure',
  'InsufficientFreeAddresses',
  'ClusterUnreachable',
  'InsufficientNumberOfReplicas',
  'ConfigurationConflict',
  'AdmissionRequestDenied',
  'UnsupportedAddonModification',
  'K8sResourceNotFound',
];

/** An update to start: what it is of, what it changes, and the work itself. */
export interface UpdateStart {
  target: UpdateTarget;
  type: UpdateType;
  params: UpdateParam[];
  work: (signal: AbortSignal) => Promise<void>;
}

interface UpdateRecord {
  target: UpdateTarget;
  update: Update & { id: string };
}

/** All updates of the cluster, and those that are running. */
export class UpdateRegister {
  readonly #infrastructure: Infrastructure;
  readonly #random: Random;
  readonly #records: UpdateRecord[] = [];
  readonly #work = new BackgroundWork();

  constructor(infrastructure: Infrastructure, random: Random) {
    this.#infrastructure = infrastructure;
    this.#random = random;
  }

  /** Begins an update; its work runs on, and what it throws is what the update says. */
  start({ target, type, params, work }: UpdateStart): Update & { id: string } {
    const update: Update & { id: string } = {
      id: randomUuid(this.#random),
      status: 'InProgress',
      type,
      params,
      createdAt: this.#infrastructure.clock.now(),
      errors: [],
    };
    this.#records.push({ target, update });
    this.background(async (signal) => {
      try {
        await work(signal);
        update.status = 'Successful';
      } catch (error) {
        if (signal.aborted) return;
        const { status, problem } = failureOf(error);
        update.status = status;
        update.errors = [
          {
            errorCode: errorCodes.find((code) => code === problem.code) ?? 'Unknown',
            errorMessage: problem.message,
            resourceIds: problem.resourceIds,
          },
        ];
      }
    });
    return update;
  }

  /** Runs work that no update tells of (creating a node group, say) until it ends or all of EKS is closed. */
  background(work: (signal: AbortSignal) => Promise<void>): void {
    this.#work.run(work);
  }

  /** The update of a target that has not ended. */
  inProgress(target: UpdateTarget): Update | undefined {
    return this.#of(target).find(({ update }) => update.status === 'InProgress')?.update;
  }

  /** IDs of a target's updates, oldest first. */
  list(target: UpdateTarget): string[] {
    return this.#of(target).map(({ update }) => update.id);
  }

  /** @throws EksError ResourceNotFoundException, also for an ID of another target's update */
  describe(target: UpdateTarget, id: string): Update {
    const found = this.#of(target).find(({ update }) => update.id === id);
    if (found === undefined) {
      throw new EksError('ResourceNotFoundException', `No update found for ID: ${id}`);
    }
    return found.update;
  }

  /** Breaks off all that runs and waits until it has stopped. */
  async close(): Promise<void> {
    await this.#work.close();
  }

  #of(target: UpdateTarget): UpdateRecord[] {
    return this.#records.filter((record) => textOf(record.target) === textOf(target));
  }
}

/** One parameter of an update, as EKS lists it. */
export const param = (type: UpdateParamType, value: string | number): UpdateParam => ({
  type,
  value: String(value),
});

const textOf = (target: UpdateTarget): string =>
  target.kind === 'cluster' ? target.kind : `${target.kind}/${target.name}`;

function failureOf(error: unknown): UpdateFailure {
  if (error instanceof UpdateFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new UpdateFailure({ code: codeIn(error) ?? 'Unknown', message, resourceIds: [] });
}

/** The infrastructure may say EKS's code in its error's `code`. */
function codeIn(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}
