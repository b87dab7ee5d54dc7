import { execa } from 'execa';
import { join } from 'node:path';
import { installIntoCache } from '../../binaries/cacheInstall.ts';
import { downloadRelease } from '../../binaries/downloadRelease.ts';
import type { Release } from '../../binaries/downloadRelease.ts';
import { findProgram } from '../../binaries/findProgram.ts';
import type { BinaryOptions, BinaryRequest, Program } from '../../binaries/findProgram.ts';
import { runGo } from '../../binaries/goBuild.ts';

/** The release of Helm that Stepladder is tested with, and fetches or builds where there is none. */
export const helmVersion = '3.19.5';

/** A helm that works. */
export interface HelmProgram {
  path: string;
  /** `3.19.5`. */
  version: string;
}

const answers = /^v?(\d+)\.(\d+)\.(\d+)/;

const helm: Program = {
  name: 'helm',
  version: helmVersion,
  setting: 'STEPLADDER_HELM_BINARY',
  // The first with --reset-then-reuse-values and with labels on what `install` makes.
  oldestOnPath: '3.14.0',
  asked: ['version', '--short'],
  answers,
  called: 'Helm',
  lack: 'There is no `helm` binary to upgrade cluster tools with.',
  ways: [
    { way: 'the official release', obtain: downloadHelm },
    { way: 'building it with Go', obtain: buildHelm },
  ],
  mend: (cached) =>
    'Install Helm (https://helm.sh/docs/intro/install), or, where Go (https://go.dev/dl) and a module proxy are at hand:\n' +
    `  GOBIN='${join(cached, '..')}' go install helm.sh/helm/v3/cmd/helm@v${helmVersion}`,
};

/** Where Helm's project publishes it. */
export const helmRelease: Release = {
  what: `Helm ${helmVersion}`,
  published: ({ os, arch }) => {
    const name = `helm-v${helmVersion}-${os}-${arch}.tar.gz`;
    return {
      host: 'get.helm.sh',
      files: [
        {
          program: 'helm',
          path: `/${name}`,
          checksumPath: `/${name}.sha256sum`,
          archiveMember: `${os}-${arch}/helm`,
        },
      ],
    };
  },
};

/**
 * A working helm: an explicit one (STEPLADDER_HELM_BINARY), the one on PATH, the one in our cache, or one that is
 * downloaded or built into our cache, in that order.
 *
 * @throws ProgramMissing when none of these works
 */
export async function findHelm(options: BinaryOptions): Promise<HelmProgram> {
  const path = await findProgram(helm, options);
  const { stdout } = await execa(path, [...helm.asked], { timeout: 20_000, stdin: 'ignore' });
  return { path, version: answers.exec(stdout)?.slice(1).join('.') ?? helmVersion };
}

async function downloadHelm({ target, cacheFolder, environment, log }: BinaryRequest): Promise<void> {
  await installIntoCache(cacheFolder, target, async (folder) => {
    await downloadRelease(helmRelease, folder, { environment, log });
    return join(folder, 'helm');
  });
}

async function buildHelm({ version, target, cacheFolder, environment, log }: BinaryRequest): Promise<void> {
  await installIntoCache(cacheFolder, target, async (folder) => {
    await runGo({
      what: `Helm ${version}`,
      usually: 'about 2 minutes',
      args: [
        'install',
        '-trimpath',
        '-ldflags',
        `-s -w -X helm.sh/helm/v3/internal/version.version=v${version}`,
        `helm.sh/helm/v3/cmd/helm@v${version}`,
      ],
      // Outside of any Go module, so that none has a say in versions or toolchain.
      folder,
      environment,
      variables: { GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '' },
      log,
    });
    return join(folder, 'helm');
  });
}
