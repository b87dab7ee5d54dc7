import type { Report } from '../../contract/report.ts';
import type { EvidenceStore } from '../../evidence/store.ts';
import { CommandFailed } from '../exitCodes.ts';
import { readReport } from './readReport.ts';

/** Keys of reports end like this: each is kept under its upgrade's prefix, with what tells it from others. */
const reportKey = /\/report(-[^/]*)?$/;

/**
 * The report that was written last about a cluster.
 *
 * @param folder for the message, should there be none
 * @throws CommandFailed
 */
export async function newestReport(store: EvidenceStore, cluster: string, folder: string): Promise<Report> {
  const keys = (await store.list(`${cluster}/`)).filter((key) => reportKey.test(key));
  let newest: Report | undefined;
  for (const key of keys) {
    const report = await readReport(store, key);
    if (newest === undefined || report.writtenAt > newest.writtenAt) newest = report;
  }
  if (newest === undefined) {
    throw new CommandFailed(
      `The evidence folder ${folder} has no report on cluster ${cluster}. It lies where the worker runs: ask there, or give that folder by --evidence.`,
    );
  }
  return newest;
}
