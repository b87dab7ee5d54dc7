// Writes lab/modules/: for each release that the lab runs a Go module that requires just that release, with the sums of
// all that goes into it. What is built later is then what was checked here.
//
//   npm run generate:lab-modules [-- kubernetes-1.34 etcd …]
import { execa } from 'execa';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { etcdRelease, kubectlRelease, kwokRelease, labReleases } from '../lab/releases.ts';

const modules = join(import.meta.dirname, '..', 'lab', 'modules');

interface Module {
  folder: string;
  /** Module path and version, `k8s.io/kubernetes@v1.31.0`. */
  requires: string;
  /** The packages of the programs that are built of it. */
  programs: string[];
}

const wanted: Module[] = [
  ...Object.entries(labReleases).map(([minor, release]) => ({
    folder: `kubernetes-${minor}`,
    requires: `k8s.io/kubernetes@v${release}`,
    programs: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
      (name) => `k8s.io/kubernetes/cmd/${name}`,
    ),
  })),
  {
    folder: 'etcd',
    requires: `go.etcd.io/etcd/server/v3@v${etcdRelease}`,
    programs: ['go.etcd.io/etcd/server/v3'],
  },
  {
    folder: 'kwok',
    requires: `sigs.k8s.io/kwok@v${kwokRelease}`,
    programs: ['sigs.k8s.io/kwok/cmd/kwok'],
  },
  {
    folder: 'kubectl',
    requires: `k8s.io/kubernetes@v${kubectlRelease}`,
    programs: ['k8s.io/kubernetes/cmd/kubectl'],
  },
];

const only = process.argv.slice(2);
for (const module of wanted.filter(({ folder }) => only.length === 0 || only.includes(folder))) {
  await generate(module);
  console.error(`lab/modules/${module.folder} requires ${module.requires}`);
}

async function generate({ folder, requires, programs }: Module): Promise<void> {
  const target = join(modules, folder);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const own = await originalModule(requires);
  const [path = '', version = ''] = requires.split('@');
  // Kubernetes' own go.mod replaces its staging modules by folders beside it: here by their releases of the same number.
  const staging = [...own.matchAll(/^\s*(?:replace )?(k8s\.io\/[\w-]+) => \.\/staging\//gm)].map(
    ([, name = '']) => `\t${name} => ${name} v0.${version.replace(/^v1\./, '')}`,
  );
  const [go = ''] = /^go .+$/m.exec(own) ?? [];
  await writeFile(
    join(target, 'go.mod'),
    [
      `module stepladder/lab/${folder}`,
      go,
      `require ${path} ${version}`,
      ...(staging.length > 0 ? [`replace (\n${[...new Set(staging)].join('\n')}\n)`] : []),
      '',
    ].join('\n\n'),
  );
  await writeFile(
    join(target, 'tools.go'),
    [
      '//go:build tools',
      '// Names what is built, so that `go mod tidy` keeps all that it needs.',
      'package tools',
      `import (\n${programs.map((program) => `\t_ "${program}"`).join('\n')}\n)`,
      '',
    ].join('\n\n'),
  );
  await execa('go', ['mod', 'tidy'], { cwd: target, env: { GOWORK: 'off', GOFLAGS: '' }, stderr: 'inherit' });
}

/** The go.mod that a release was made with. */
async function originalModule(requires: string): Promise<string> {
  const { stdout } = await execa('go', ['mod', 'download', '-json', requires], { env: { GOWORK: 'off' } });
  const { GoMod } = JSON.parse(stdout) as { GoMod: string };
  return readFile(GoMod, 'utf8');
}
