import {
  DescribeAddonCommand,
  DescribeAddonVersionsCommand,
  ListAddonsCommand,
  UpdateAddonCommand,
} from '@aws-sdk/client-eks';
import type { Addon } from '@aws-sdk/client-eks';
import { StepladderError } from '../../contract/errors.ts';
import type { MinorVersion } from '../../contract/plan.ts';
import type { ObservedAddon, OfferedAddonVersion } from '../../plan/observation.ts';
import type { ConflictResolution, PlatformUpdate } from '../platform.ts';
import type { EksConnection } from './connection.ts';
import { healthLines } from './health.ts';
import { isNotFound } from './presence.ts';
import { readUpdate } from './updates.ts';

/** ListAddons: the names of the add-ons that EKS manages. */
export async function listAddons(connection: EksConnection, signal?: AbortSignal): Promise<string[]> {
  return connection.all('ListAddons', undefined, signal, async (client, nextToken, options) => {
    const answer = await client.send(
      new ListAddonsCommand({ clusterName: connection.cluster, nextToken }),
      options,
    );
    return { entries: answer.addons, nextToken: answer.nextToken };
  });
}

/** DescribeAddon. */
export async function describeAddon(
  connection: EksConnection,
  name: string,
  signal?: AbortSignal,
): Promise<ObservedAddon> {
  const addon = await describeRawAddon(connection, name, signal);
  return {
    name,
    version: addon.addonVersion ?? '',
    status: addon.status ?? 'UNKNOWN',
    ...(addon.serviceAccountRoleArn === undefined ? {} : { roleArn: addon.serviceAccountRoleArn }),
    tags: addon.tags ?? {},
    healthIssues: healthLines(addon.health?.issues),
  };
}

/** DescribeAddonVersions: what EKS offers, by Kubernetes version, in EKS's order (newest first). */
export async function offeredAddonVersions(
  connection: EksConnection,
  name: string,
  signal?: AbortSignal,
): Promise<Record<MinorVersion, OfferedAddonVersion[]>> {
  const addons = await connection.all(
    'DescribeAddonVersions',
    `add-on ${name}`,
    signal,
    async (client, nextToken, options) => {
      const answer = await client.send(
        new DescribeAddonVersionsCommand({ addonName: name, nextToken }),
        options,
      );
      return { entries: answer.addons, nextToken: answer.nextToken };
    },
  );
  const offered: Record<MinorVersion, OfferedAddonVersion[]> = {};
  for (const { addonVersion, compatibilities } of addons.flatMap((addon) => addon.addonVersions ?? [])) {
    if (addonVersion === undefined) continue;
    for (const { clusterVersion, defaultVersion } of compatibilities ?? []) {
      if (clusterVersion === undefined) continue;
      (offered[clusterVersion] ??= []).push({ version: addonVersion, isDefault: defaultVersion === true });
    }
  }
  return offered;
}

/**
 * UpdateAddon to another version. The add-on's role is sent along, because EKS falls back to the node's role where
 * none is given; its configuration values stay as they are when they are left out.
 */
export async function updateAddon(
  connection: EksConnection,
  change: { name: string; to: string; resolveConflicts: ConflictResolution; token: string },
  signal?: AbortSignal,
): Promise<PlatformUpdate> {
  const { serviceAccountRoleArn } = await describeRawAddon(connection, change.name, signal);
  const { update } = await connection.call(
    'UpdateAddon',
    `add-on ${change.name}`,
    signal,
    (client, options) =>
      client.send(
        new UpdateAddonCommand({
          clusterName: connection.cluster,
          addonName: change.name,
          addonVersion: change.to,
          resolveConflicts: change.resolveConflicts,
          clientRequestToken: change.token,
          ...(serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn }),
        }),
        options,
      ),
  );
  return readUpdate(update);
}

/** DescribeAddon, as EKS gives it; undefined when there is none of that name. */
export async function findAddon(
  connection: EksConnection,
  name: string,
  signal?: AbortSignal,
): Promise<Addon | undefined> {
  try {
    return await describeRawAddon(connection, name, signal);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** DescribeAddon, as EKS gives it. */
export async function describeRawAddon(
  connection: EksConnection,
  name: string,
  signal?: AbortSignal,
): Promise<Addon> {
  const { addon } = await connection.call('DescribeAddon', `add-on ${name}`, signal, (client, options) =>
    client.send(new DescribeAddonCommand({ clusterName: connection.cluster, addonName: name }), options),
  );
  if (addon !== undefined) return addon;
  throw new StepladderError('ServerError', `EKS answered DescribeAddon of ${name} with nothing.`);
}
