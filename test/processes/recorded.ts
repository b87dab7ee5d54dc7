import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { lockWorkflowId } from '../../src/contract/workflowTypes.ts';
import type { UpgradeStatus } from '../../src/contract/status.ts';

/** All texts in the histories of an upgrade, its stages and its lock, payloads included. */
export async function recordedTexts(client: Client, status: UpgradeStatus): Promise<string> {
  const stages = status.hops.flatMap((hop) => hop.stages.flatMap(({ workflowId }) => workflowId ?? []));
  const { arn } = status.cluster;
  const ids = [status.workflowId, ...stages, ...(arn === undefined ? [] : [lockWorkflowId(arn)])];
  const texts: string[] = [];
  for (const id of ids) texts.push(...textsIn(await client.workflow.getHandle(id).fetchHistory()));
  return texts.join('\n');
}

/** Everything in a folder, one text. */
export async function folderTexts(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
