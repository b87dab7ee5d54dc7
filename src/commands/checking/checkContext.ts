import { z } from 'zod';
import type { Finding } from '../../contract/finding.ts';
import { connectKubernetes } from '../../kubernetes/connection.ts';
import { parse } from '../../kubernetes/list.ts';
import { compareMinors, nextMinor, requireMinor } from '../../plan/versions.ts';
import { UsageError } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import { checkSources } from './checkSources.ts';
import type { CheckOptions } from './options.ts';

const versionSchema = z.object({ major: z.string(), minor: z.string() });

/**
 * What a cluster tells of the APIs and metrics that are in use there, and what the files of the command line use. The
 * cluster may be anybody's: nothing but its Kubernetes API is asked.
 *
 * @throws UsageError when the cluster is not older than `--to`
 */
export async function checkContext(options: CheckOptions, terminal: Terminal): Promise<Finding[]> {
  const { context = '' } = options;
  const kubernetes = await connectKubernetes({ context });
  try {
    const answer = await kubernetes.getJson('/version', { what: 'read the version of the API server' });
    const { major, minor } = parse(versionSchema, answer, 'a version');
    const from = requireMinor(`${major}.${minor}`, 'the API server');
    const to = options.to ?? nextMinor(from);
    if (compareMinors(from, to) >= 0) {
      throw new UsageError(`The cluster of context ${context} is at ${from}: --to must be newer.`);
    }
    terminal.note(`Looking at the cluster of context ${context}, ${from} → ${to} …`);
    return await checkSources(options, terminal, { from, to }, kubernetes);
  } finally {
    await kubernetes.close();
  }
}
