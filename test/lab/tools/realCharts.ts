import { chmod, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';

/**
 * Versions of external-dns's chart, and the release that each is in. The next release of the module needs a newer Go
 * than 1.26.
 */
export const externalDnsCharts = { '1.20.0': 'v0.21.0', '1.21.1': 'v0.22.0' } as const;

/** The real chart of external-dns at one version, from Go's cache. Read-only. */
export function externalDnsChart(version: keyof typeof externalDnsCharts): Promise<string> {
  return chartFolder(`sigs.k8s.io/external-dns@${externalDnsCharts[version]}`, 'external-dns');
}

/** The real chart of descheduler, 0.35.0, from Go's cache. Read-only. */
export function deschedulerChart(): Promise<string> {
  return chartFolder('sigs.k8s.io/descheduler@v0.36.0', 'descheduler');
}

/**
 * A copy of a chart that says that it is another version.
 *
 * @param to folder that is not there yet
 */
export async function copyOfChart(from: string, to: string, version: string): Promise<string> {
  await cp(from, to, { recursive: true });
  // Go's cache is read-only, and so are copies of it.
  for (const each of await readdir(to, { withFileTypes: true, recursive: true })) {
    await chmod(join(each.parentPath, each.name), each.isDirectory() ? 0o755 : 0o644);
  }
  await chmod(to, 0o755);
  const file = join(to, 'Chart.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^version:.*$/m, `version: ${version}`));
  return to;
}

async function chartFolder(module: string, chart: string): Promise<string> {
  const { stdout } = await execa('go', ['mod', 'download', '-json', module], {
    // No module of ours has a say: there is nothing that Go could keep unchanged.
    cwd: tmpdir(),
    env: { GOFLAGS: '-mod=mod', GOWORK: 'off' },
  });
  return join(z.object({ Dir: z.string() }).parse(JSON.parse(stdout)).Dir, 'charts', chart);
}
