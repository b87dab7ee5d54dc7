import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { KubernetesConnection, ProgramAccess } from '../../kubernetes/connection.ts';
import { withPrivateFolder } from './privateFolder.ts';

/** What leads a program such as helm to one cluster, for as long as it is lent. */
export interface ClusterAccess {
  /** Environment variables. No credential is in them. */
  variables: Readonly<Record<string, string>>;
  /** Whose credentials the program comes by: ours, or by itself those of the user's kubeconfig. */
  credentials: 'ours' | 'kubeconfig';
  endpoint: string;
  /** A folder that only we may look into, which goes when the access does. */
  folder: string;
}

/** Programs read their token anew each minute (client-go does); ours is renewed well before it ends. Milliseconds. */
const tokenFileMs = 60_000;

/**
 * Lends access to a connection's cluster to programs that we run. They get a kubeconfig of their own, in a folder that
 * only we may look into, with the token in a file that is kept fresh; both are gone afterwards. Where the connection
 * stands on a context of the user's kubeconfig they are led to that context, and to the very server that we talk to: a
 * kubeconfig that was changed under way leads them nowhere else (rule 20).
 *
 * @throws StepladderError `CredentialsRefused` when there is no token to be had; what `use` throws
 */
export async function withKubeconfig<T>(
  connection: KubernetesConnection,
  signal: AbortSignal | undefined,
  use: (access: ClusterAccess) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  return withPrivateFolder(async (folder) => {
    const given = connection.forPrograms();
    const { endpoint } = given;
    if ('context' in given) {
      const variables = { HELM_KUBECONTEXT: given.context, HELM_KUBEAPISERVER: endpoint };
      return use({ variables, credentials: 'kubeconfig', endpoint, folder });
    }
    const keeper = await keepToken(join(folder, 'token'), given.token);
    try {
      const kubeconfig = join(folder, 'kubeconfig');
      await writeFile(kubeconfig, kubeconfigOf(given, keeper.path), { mode: 0o600 });
      // A server that HELM_KUBEAPISERVER names overrides whatever a helmfile says of contexts.
      const variables = {
        KUBECONFIG: kubeconfig,
        HELM_KUBECONTEXT: contextName,
        HELM_KUBEAPISERVER: endpoint,
      };
      return await use({ variables, credentials: 'ours', endpoint, folder });
    } finally {
      keeper.stop();
    }
  });
}

const contextName = 'stepladder';

function kubeconfigOf(
  { endpoint, certificateAuthorityPem }: Extract<ProgramAccess, { token: unknown }>,
  tokenFile: string,
): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: contextName,
        cluster: {
          server: endpoint,
          'certificate-authority-data': Buffer.from(certificateAuthorityPem, 'utf8').toString('base64'),
        },
      },
    ],
    users: [{ name: contextName, user: { tokenFile } }],
    contexts: [{ name: contextName, context: { cluster: contextName, user: contextName } }],
    'current-context': contextName,
  });
}

/** Writes the token to a file, and again each minute. */
async function keepToken(
  path: string,
  token: () => Promise<string>,
): Promise<{ path: string; stop: () => void }> {
  const write = async () => {
    const next = `${path}.next`;
    await writeFile(next, await token(), { mode: 0o600 });
    // In one step, so that nobody reads half of it.
    await rename(next, path);
  };
  await write();
  const timer = setInterval(() => {
    // The token that is there is good for some minutes more; the next try may have one, and helm tells when it ended.
    write().catch(() => undefined);
  }, tokenFileMs);
  timer.unref();
  return { path, stop: () => clearInterval(timer) };
}
