import { DescribeUpdateCommand, ListUpdatesCommand, UpdateClusterVersionCommand } from '@aws-sdk/client-eks';
import type { Update, UpdateParam } from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { UpdateSettings } from '../../contract/plan.ts';
import type { NodeGroupSize } from '../../contract/workers.ts';
import { describeTarget } from '../platform.ts';
import type { PlatformUpdate, UpdateTarget } from '../platform.ts';
import type { EksConnection } from './connection.ts';

/** UpdateClusterVersion. */
export async function updateControlPlane(
  connection: EksConnection,
  change: { to: string; force: boolean; token: string },
  signal?: AbortSignal,
): Promise<PlatformUpdate> {
  const { update } = await connection.call('UpdateClusterVersion', undefined, signal, (client, options) =>
    client.send(
      new UpdateClusterVersionCommand({
        name: connection.cluster,
        version: change.to,
        clientRequestToken: change.token,
        ...(change.force ? { force: true } : {}),
      }),
      options,
    ),
  );
  return readUpdate(update);
}

/** DescribeUpdate of a control plane's, an add-on's or a node group's update. */
export async function describeUpdate(
  connection: EksConnection,
  target: UpdateTarget,
  updateId: string,
  signal?: AbortSignal,
): Promise<PlatformUpdate> {
  const { update } = await connection.call(
    'DescribeUpdate',
    `update ${updateId} of ${describeTarget(target)}`,
    signal,
    (client, options) =>
      client.send(
        new DescribeUpdateCommand({ name: connection.cluster, updateId, ...selectorOf(target) }),
        options,
      ),
  );
  return readUpdate(update);
}

/** Finds updates that have not ended. One that has ended stays so: it is asked for only once. */
export class UpdateFinder {
  readonly #connection: EksConnection;
  readonly #ended = new Set<string>();

  constructor(connection: EksConnection) {
    this.#connection = connection;
  }

  async find(target: UpdateTarget, signal?: AbortSignal): Promise<PlatformUpdate[]> {
    const connection = this.#connection;
    const ids = await connection.all(
      'ListUpdates',
      target.kind === 'control-plane' ? undefined : describeTarget(target),
      signal,
      async (client, nextToken, options) => {
        const answer = await client.send(
          new ListUpdatesCommand({ name: connection.cluster, nextToken, ...selectorOf(target) }),
          options,
        );
        return { entries: answer.updateIds, nextToken: answer.nextToken };
      },
    );
    const running: PlatformUpdate[] = [];
    for (const id of ids) {
      if (this.#ended.has(id)) continue;
      const update = await describeUpdate(connection, target, id, signal);
      if (update.status === 'InProgress') running.push(update);
      else this.#ended.add(id);
    }
    return running;
  }
}

/** Reads EKS's description of an update. */
export function readUpdate(update: Update | undefined): PlatformUpdate {
  if (update?.id === undefined || update.status === undefined) {
    throw new StepladderError('ServerError', 'EKS answered with an update that has no ID or no status.');
  }
  const type = update.type ?? 'unknown';
  const params = update.params ?? [];
  const settings = settingsIn(params);
  const size = sizeIn(params);
  const to = valueOf(params, 'Version') ?? valueOf(params, 'AddonVersion');
  return {
    id: update.id,
    type,
    changes: changesOf(type, settings, size),
    status: update.status,
    ...(to === undefined ? {} : { to }),
    ...(settings === undefined ? {} : { settings }),
    ...(size === undefined ? {} : { size }),
    errors: (update.errors ?? []).map(({ errorCode, errorMessage, resourceIds }) => ({
      code: errorCode ?? 'Unknown',
      message: errorMessage ?? 'no message',
      resourceIds: resourceIds ?? [],
    })),
  };
}

function changesOf(
  type: string,
  settings: UpdateSettings | undefined,
  size: Partial<NodeGroupSize> | undefined,
): PlatformUpdate['changes'] {
  if (type === 'VersionUpdate' || type === 'AddonUpdate') return 'version';
  if (type !== 'ConfigUpdate') return 'other';
  if (settings !== undefined) return 'settings';
  return size === undefined ? 'other' : 'size';
}

function sizeIn(params: UpdateParam[]): Partial<NodeGroupSize> | undefined {
  const size: Partial<NodeGroupSize> = {};
  for (const [key, type] of [
    ['min', 'MinSize'],
    ['max', 'MaxSize'],
    ['desired', 'DesiredSize'],
  ] as const) {
    const value = valueOf(params, type);
    if (value !== undefined) size[key] = Number(value);
  }
  return Object.keys(size).length === 0 ? undefined : size;
}

function settingsIn(params: UpdateParam[]): UpdateSettings | undefined {
  const maxUnavailable = valueOf(params, 'MaxUnavailable');
  const percentage = valueOf(params, 'MaxUnavailablePercentage');
  const strategy = valueOf(params, 'UpdateStrategy');
  const settings: UpdateSettings = {
    ...(maxUnavailable === undefined ? {} : { maxUnavailable: Number(maxUnavailable) }),
    ...(percentage === undefined ? {} : { maxUnavailablePercentage: Number(percentage) }),
    ...(strategy === 'DEFAULT' || strategy === 'MINIMAL' ? { updateStrategy: strategy } : {}),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

function valueOf(params: UpdateParam[], type: string): string | undefined {
  return params.find((param) => param.type === type)?.value;
}

function selectorOf(target: UpdateTarget): { nodegroupName?: string; addonName?: string } {
  switch (target.kind) {
    case 'control-plane':
      return {};
    case 'node-group':
      return { nodegroupName: target.name };
    case 'add-on':
      return { addonName: target.name };
  }
}
