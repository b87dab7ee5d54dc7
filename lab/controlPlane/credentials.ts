import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCertificateAuthority } from '../../certificates/authority.ts';

/** Those of the lab's own machinery that come in with a token of their own. */
const machinery = {
  admin: { user: 'lab-administrator', groups: ['system:masters'] },
  'kube-controller-manager': { user: 'system:kube-controller-manager', groups: [] },
  'kube-scheduler': { user: 'system:kube-scheduler', groups: [] },
} as const;

export type MachineryName = keyof typeof machinery;

/** The files that a control plane's programs are started with, all in one folder that nobody else can read. */
export interface ControlPlaneFiles {
  certificateAuthorityPem: string;
  certificateAuthority: string;
  servingCertificate: string;
  servingKey: string;
  serviceAccountKey: string;
  serviceAccountPublicKey: string;
  tokens: string;
  tokenOf: Record<MachineryName, string>;
}

/** Makes keys, certificates and tokens anew. */
export async function writeCredentials(folder: string): Promise<ControlPlaneFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await createCertificateAuthority();
  const serving = await authority.issue([
    'localhost',
    '127.0.0.1',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    '172.20.0.1',
  ]);
  const serviceAccount = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const tokenOf: Record<MachineryName, string> = {
    admin: newToken(),
    'kube-controller-manager': newToken(),
    'kube-scheduler': newToken(),
  };
  const tokens = Object.entries(machinery).map(
    ([name, { user, groups }]) => `${tokenOf[name as MachineryName]},${user},${name},"${groups.join(',')}"`,
  );
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    certificateAuthorityPem: authority.certificatePem,
    certificateAuthority: await write('ca.crt', authority.certificatePem),
    servingCertificate: await write('apiserver.crt', serving.certificatePem),
    servingKey: await write('apiserver.key', serving.privateKeyPem),
    serviceAccountKey: await write('service-account.key', serviceAccount.privateKey),
    serviceAccountPublicKey: await write('service-account.pub', serviceAccount.publicKey),
    tokens: await write('tokens.csv', `${tokens.join('\n')}\n`),
    tokenOf,
  };
}

const newToken = (): string => randomBytes(24).toString('base64url');

/** A kubeconfig with one context, as JSON, which is YAML too. */
export function kubeconfigText(cluster: {
  server: string;
  certificateAuthorityPem?: string;
  token?: string;
}): string {
  const { server, certificateAuthorityPem, token } = cluster;
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'lab',
          cluster: {
            server,
            ...(certificateAuthorityPem === undefined
              ? {}
              : { 'certificate-authority-data': Buffer.from(certificateAuthorityPem).toString('base64') }),
          },
        },
      ],
      users: [{ name: 'lab', user: token === undefined ? {} : { token } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
      'current-context': 'lab',
    },
    null,
    2,
  );
}
