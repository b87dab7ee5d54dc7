/**
 * What the programs are started with: as EKS runs them where it matters to an upgrade (no alpha, no beta that is off by
 * default; RBAC; token webhook), and for one machine in the rest (loopback, no fsync).
 */
import type { ControlPlaneFiles } from './credentials.ts';

const loopback = '127.0.0.1';

export function etcdArguments(etcd: { dataFolder: string; client: number; peer: number }): string[] {
  const client = `http://${loopback}:${etcd.client}`;
  const peer = `http://${loopback}:${etcd.peer}`;
  return [
    `--data-dir=${etcd.dataFolder}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // A lab that loses power is made anew.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

export function apiServerArguments(server: {
  files: ControlPlaneFiles;
  etcdPort: number;
  port: number;
  tokenWebhook: string;
}): string[] {
  const { files } = server;
  return [
    `--etcd-servers=http://${loopback}:${server.etcdPort}`,
    `--bind-address=${loopback}`,
    `--advertise-address=${loopback}`,
    `--secure-port=${server.port}`,
    // Endpoints may not hold loopback addresses; nothing in the lab looks for the API server in the cluster's network.
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${files.servingCertificate}`,
    `--tls-private-key-file=${files.servingKey}`,
    `--client-ca-file=${files.certificateAuthority}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    '--service-cluster-ip-range=172.20.0.0/16',
    `--token-auth-file=${files.tokens}`,
    `--authentication-token-webhook-config-file=${server.tokenWebhook}`,
    '--authentication-token-webhook-version=v1',
    // Short, so that credentials that were taken away are soon worth nothing.
    '--authentication-token-webhook-cache-ttl=5s',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    '--profiling=false',
    // It says by /readyz that it goes before it takes no more connections, and lets watches end one after the other.
    '--shutdown-delay-duration=1s',
    '--shutdown-watch-termination-grace-period=3s',
  ];
}

export function controllerManagerArguments(manager: {
  files: ControlPlaneFiles;
  port: number;
  certificates: string;
  kubeconfig: string;
}): string[] {
  const { files } = manager;
  return [
    ...controllerArguments(manager),
    '--cluster-name=lab',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--root-ca-file=${files.certificateAuthority}`,
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ];
}

export function schedulerArguments(scheduler: {
  port: number;
  certificates: string;
  kubeconfig: string;
}): string[] {
  return [...controllerArguments(scheduler), '--kube-api-qps=200', '--kube-api-burst=400'];
}

function controllerArguments(program: { port: number; certificates: string; kubeconfig: string }): string[] {
  return [
    `--kubeconfig=${program.kubeconfig}`,
    `--authentication-kubeconfig=${program.kubeconfig}`,
    `--authorization-kubeconfig=${program.kubeconfig}`,
    // There is one of each.
    '--leader-elect=false',
    `--bind-address=${loopback}`,
    `--secure-port=${program.port}`,
    `--cert-dir=${program.certificates}`,
    '--profiling=false',
  ];
}
