import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChartVersion } from '../../contract/tools.ts';
import { StepladderError } from '../../contract/errors.ts';
import { compareChartVersions, isPreRelease } from '../choice/chartVersions.ts';
import { withPrivateFolder } from '../helm/privateFolder.ts';
import { runHelm } from '../helm/runHelm.ts';
import type { HelmForCharts } from '../helm/runHelm.ts';
import type { ChartRepository } from '../types.ts';
import { readChartMetadata } from './chartMetadata.ts';
import type { ChartMetadata } from './chartMetadata.ts';
import { keep } from './helmRepository.ts';
import { noSuchVersion, offered } from './offered.ts';
import type { ChartSourceOptions } from './openChartRepository.ts';

/** Helm tells one version a call; more than so many are not asked for. */
const mostVersions = 60;

/**
 * A chart in an OCI registry, read with the login of `helm registry login`. Helm has no command that lists tags: it is
 * asked for the highest version, then for the highest below that, down to the installed one.
 */
export function openOciChart(reference: string, options: ChartSourceOptions): ChartRepository {
  const insecure = isLoopback(reference) ? ['--plain-http'] : [];
  const { installed } = options;
  const preReleases = installed !== undefined && isPreRelease(installed);

  const withHelm = <T>(signal: AbortSignal | undefined, use: (on: HelmForCharts) => Promise<T>): Promise<T> =>
    withPrivateFolder((folder) =>
      use({ helm: options.helm, folder, signal, environment: options.environment }),
    );

  async function show(on: HelmForCharts, constraint: string): Promise<ChartMetadata | undefined> {
    try {
      const { stdout } = await runHelm(
        on,
        ['show', 'chart', reference, '--version', constraint, ...insecure],
        { doing: `read the versions of ${reference}` },
      );
      return readChartMetadata(stdout, reference);
    } catch (error) {
      const none = error instanceof StepladderError && error.details['problem'] === 'no-such-version';
      if (none) return undefined;
      throw error;
    }
  }

  async function listed(on: HelmForCharts): Promise<ChartVersion[]> {
    const found: ChartVersion[] = [];
    let constraint = preReleases ? '>=0.0.0-0' : '>=0.0.0';
    while (found.length < mostVersions) {
      const next = await show(on, constraint);
      if (next === undefined) break;
      const { version, appVersion } = next;
      const last = found.at(-1);
      // A registry whose tags are not the versions of its charts would go round in circles.
      if (last !== undefined && compareChartVersions(version, last.version) >= 0) break;
      found.push({ version, ...(appVersion === undefined ? {} : { appVersion }) });
      if (installed !== undefined && compareChartVersions(version, installed) <= 0) break;
      // Without a pre-release in it, a constraint fits none.
      constraint = `<${version}${preReleases && !isPreRelease(version) ? '-0' : ''}`;
    }
    return found;
  }

  return {
    async versions(signal) {
      return withHelm(signal, async (on) => {
        const all = await listed(on);
        if (all.length === 0) throw noSuchVersion('at all', reference, []);
        return offered(all, installed);
      });
    },
    async fetch(version, signal) {
      return withHelm(signal, async (on) => {
        const found = await show(on, version);
        if (found === undefined) throw noSuchVersion(version, reference, await listed(on));
        const pulled = join(on.folder, 'pulled');
        await mkdir(pulled);
        await runHelm(
          on,
          ['pull', reference, '--version', found.version, '--destination', pulled, ...insecure],
          { doing: `fetch version ${version} of ${reference}` },
        );
        const { version: exact, appVersion } = found;
        return keep(pulled, { version: exact, ...(appVersion === undefined ? {} : { appVersion }) });
      });
    },
  };
}

/** Registries on this machine are spoken to without TLS, as container tools do. */
function isLoopback(reference: string): boolean {
  return /^oci:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\//.test(reference);
}
