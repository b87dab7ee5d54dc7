import { resolve } from 'node:path';
import { evidenceFolder, openFolderStore } from '../../evidence/folderStore.ts';
import type { EvidenceStore } from '../../evidence/store.ts';
import type { Report } from '../../contract/report.ts';
import { CommandFailed } from '../exitCodes.ts';
import { findUpgrade } from '../findUpgrade.ts';
import { lookAt } from '../following/look.ts';
import { withTemporal } from '../temporalClient.ts';
import type { Terminal } from '../terminal.ts';
import { newestReport } from './newestReport.ts';
import { readReport } from './readReport.ts';

export interface ReportWanted {
  workflowId: string | undefined;
  cluster: string | undefined;
  folder: string | undefined;
}

/**
 * Finds a report, and reads it.
 *
 * @throws CommandFailed when there is none, or it is not in this machine's evidence folder
 */
export async function findReport(
  { workflowId, cluster, folder: given }: ReportWanted,
  terminal: Pick<Terminal, 'env'>,
): Promise<Report> {
  const folder = given === undefined ? evidenceFolder(terminal.env) : resolve(given);
  const store = openFolderStore(folder);
  if (workflowId === undefined && cluster !== undefined) return newestReport(store, cluster, folder);
  const { id, key } = await askServer(workflowId);
  return readFromFolder(store, key, id, folder);
}

/** The key that the workflow's result, its failure or its memo names. */
async function askServer(workflowId: string | undefined): Promise<{ id: string; key: string }> {
  return withTemporal(async ({ client }) => {
    const id = await findUpgrade(client, { workflowId, cluster: undefined, orEnded: true });
    const { ending } = await lookAt(client, id);
    if (ending === undefined) {
      throw new CommandFailed(
        `Upgrade ${id} has not ended; the report is written then. stepladder status ${id} tells where it stands.`,
      );
    }
    if (ending.report === undefined) {
      throw new CommandFailed(
        `Upgrade ${id} has no report: it ended (${ending.state}) before the cluster had been observed. ${ending.message}`,
      );
    }
    return { id, key: ending.report };
  });
}

async function readFromFolder(
  store: EvidenceStore,
  key: string,
  workflowId: string,
  folder: string,
): Promise<Report> {
  const keys = await store.list(key);
  if (!keys.includes(key)) {
    throw new CommandFailed(
      `The report of ${workflowId} (${key}) is not in the evidence folder ${folder}. It lies where the worker runs: ask there, or give that folder by --evidence.`,
    );
  }
  return readReport(store, key);
}
