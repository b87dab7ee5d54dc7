import { join } from 'node:path';
import type { Release } from '../../src/binaries/downloadRelease.ts';
import { etcdRelease, kubectlRelease, kwokRelease, labReleases } from '../releases.ts';

/** A set of programs that are had together. */
export interface LabPackage extends Release {
  /** Folder in the cache, `kubernetes-1.31.0`. */
  folder: string;
  /** Subfolder of a folder that a person gives: the minor version, or nothing. */
  explicitFolder: string;
  /** How long a build takes, as people are told. */
  usually: string;
  release: string;
  programs: readonly string[];
  /** What `--version` must answer with. */
  answers: RegExp;
  /** What is asked instead of `--version`. */
  asked?: readonly string[];
  /** The Go module that it is built by, and what `go build` is told. */
  module: string;
  linkerFlags: string;
  /** Package of each program. */
  goPackages: readonly string[];
}

const modules = join(import.meta.dirname, '..', 'modules');
const escaped = (text: string): string => text.replaceAll('.', '\\.');

/**
 * The programs of a control plane of one minor version.
 *
 * @throws Error that names the minor versions there are
 */
export function controlPlanePackage(minor: string): LabPackage {
  const release = labReleases[minor];
  if (release === undefined)
    throw new Error(
      `The lab has no Kubernetes ${minor}; it has ${Object.keys(labReleases).join(', ')}. Choose one of them.`,
    );
  const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
  const version = 'k8s.io/component-base/version';
  return {
    folder: `kubernetes-${release}`,
    explicitFolder: minor,
    what: `the control plane of Kubernetes ${release}`,
    usually: '3 to 9 minutes',
    release,
    programs,
    answers: new RegExp(`^Kubernetes v${escaped(minor)}\\.`),
    module: join(modules, `kubernetes-${minor}`),
    linkerFlags: [
      `-X ${version}.gitVersion=v${release}`,
      `-X ${version}.gitMajor=1`,
      `-X ${version}.gitMinor=${minor.replace('1.', '')}`,
    ].join(' '),
    goPackages: programs.map((program) => `k8s.io/kubernetes/cmd/${program}`),
    published: ({ os, arch }) =>
      // There are no servers for other systems.
      os !== 'linux'
        ? undefined
        : {
            host: 'dl.k8s.io',
            files: programs.map((program) => {
              const path = `/release/v${release}/bin/${os}/${arch}/${program}`;
              return { program, path, checksumPath: `${path}.sha256` };
            }),
          },
  };
}

export const etcdPackage: LabPackage = {
  folder: `etcd-${etcdRelease}`,
  explicitFolder: '',
  what: `etcd ${etcdRelease}`,
  usually: 'about 1 minute',
  release: etcdRelease,
  programs: ['etcd'],
  answers: /^etcd Version: 3\./,
  module: join(modules, 'etcd'),
  linkerFlags: '',
  goPackages: ['go.etcd.io/etcd/server/v3'],
  published: ({ os, arch }) => {
    if (os !== 'linux') return undefined;
    const name = `etcd-v${etcdRelease}-${os}-${arch}`;
    const folder = `/etcd-io/etcd/releases/download/v${etcdRelease}`;
    return {
      host: 'github.com',
      files: [
        {
          program: 'etcd',
          path: `${folder}/${name}.tar.gz`,
          checksumPath: `${folder}/SHA256SUMS`,
          archiveMember: `${name}/etcd`,
        },
      ],
    };
  },
};

export const kwokPackage: LabPackage = {
  folder: `kwok-${kwokRelease}`,
  explicitFolder: '',
  what: `KWOK ${kwokRelease}`,
  usually: 'about 2 minutes',
  release: kwokRelease,
  programs: ['kwok'],
  answers: /^kwok version v0\./,
  module: join(modules, 'kwok'),
  linkerFlags: `-X sigs.k8s.io/kwok/pkg/consts.Version=v${kwokRelease}`,
  goPackages: ['sigs.k8s.io/kwok/cmd/kwok'],
  published: ({ os, arch }) => {
    const path = `/kubernetes-sigs/kwok/releases/download/v${kwokRelease}/kwok-${os}-${arch}`;
    return { host: 'github.com', files: [{ program: 'kwok', path, checksumPath: `${path}.sha256` }] };
  },
};

/** What people drain nodes with otherwise; benchmarks compare with it. */
export const kubectlPackage: LabPackage = {
  folder: `kubectl-${kubectlRelease}`,
  explicitFolder: '',
  what: `kubectl ${kubectlRelease}`,
  usually: '1 to 4 minutes',
  release: kubectlRelease,
  programs: ['kubectl'],
  answers: /^Client Version: v1\./,
  asked: ['version', '--client'],
  module: join(modules, 'kubectl'),
  linkerFlags: `-X k8s.io/component-base/version.gitVersion=v${kubectlRelease}`,
  goPackages: ['k8s.io/kubernetes/cmd/kubectl'],
  published: ({ os, arch }) => {
    const path = `/release/v${kubectlRelease}/bin/${os}/${arch}/kubectl`;
    return { host: 'dl.k8s.io', files: [{ program: 'kubectl', path, checksumPath: `${path}.sha256` }] };
  },
};
