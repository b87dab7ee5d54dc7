import { access, copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { ChartVersion } from '../../contract/tools.ts';
import { helmFailure } from '../helm/failure.ts';
import { withPrivateFolder } from '../helm/privateFolder.ts';
import { readJson, runHelm } from '../helm/runHelm.ts';
import type { HelmForCharts } from '../helm/runHelm.ts';
import type { ChartRepository, FetchedChart } from '../types.ts';
import { noSuchVersion, offered } from './offered.ts';
import type { ChartSourceOptions } from './openChartRepository.ts';

/** The one repository's name in the configuration that a call has of its own. */
const alias = 'stepladder';

const searchSchema = z.array(
  z.object({ name: z.string(), version: z.string(), app_version: z.string().default('') }),
);

/**
 * A chart of a Helm repository. Each call has a configuration of its own with that one repository, so that the user's
 * list is neither needed nor changed; where that has a login for the same address, it is used. The index is downloaded
 * once.
 */
export function openHelmRepository(
  source: { repository: string; chart: string },
  options: ChartSourceOptions,
): ChartRepository {
  const what = `chart ${source.chart} of ${source.repository}`;
  let index: Promise<Uint8Array> | undefined;

  async function inRepository<T>(
    signal: AbortSignal | undefined,
    use: (on: HelmForCharts) => Promise<T>,
  ): Promise<T> {
    return withPrivateFolder(async (folder) => {
      const on = { helm: options.helm, folder, signal, environment: options.environment };
      const environment = options.environment ?? process.env;
      const entry = {
        ...(await loginOf(source.repository, environment)),
        name: alias,
        url: source.repository,
      };
      await writeFile(
        join(folder, 'repositories.yaml'),
        stringify({ apiVersion: '', repositories: [entry] }),
        { mode: 0o600 },
      );
      const indexFile = join(folder, 'repository', `${alias}-index.yaml`);
      const known = await index?.catch(() => undefined);
      if (known === undefined) {
        const asked = download(on, source.repository, indexFile);
        index = asked;
        // A try that failed is no answer for the next.
        asked.catch(() => (index = undefined));
        await asked;
      } else {
        await mkdir(join(folder, 'repository'), { recursive: true });
        await writeFile(indexFile, known);
      }
      return use(on);
    });
  }

  async function listed(on: HelmForCharts): Promise<ChartVersion[]> {
    const { stdout } = await runHelm(
      on,
      ['search', 'repo', `${alias}/${source.chart}`, '--versions', '--devel', '-o', 'json'],
      { doing: `list the versions of ${what}` },
    );
    return (
      readJson(searchSchema, stdout, 'search')
        // It searches for words; other charts are found too.
        .filter(({ name }) => name === `${alias}/${source.chart}`)
        .map(({ version, app_version: app }) => ({ version, ...(app === '' ? {} : { appVersion: app }) }))
    );
  }

  return {
    async versions(signal) {
      return inRepository(signal, async (on) => {
        const all = await listed(on);
        if (all.length === 0) throw noSuchVersion('at all', what, []);
        return offered(all, options.installed);
      });
    },
    async fetch(version, signal) {
      return inRepository(signal, async (on) => {
        const all = await listed(on);
        const found = all.find((each) => each.version === version);
        if (found === undefined) throw noSuchVersion(version, what, all);
        const pulled = join(on.folder, 'pulled');
        await mkdir(pulled);
        await runHelm(
          on,
          ['pull', `${alias}/${source.chart}`, '--version', version, '--destination', pulled],
          { doing: `fetch version ${version} of ${what}` },
        );
        return keep(pulled, found);
      });
    },
  };
}

/** Takes what was pulled out of the call's folder, for as long as the caller wants it. */
export async function keep(pulled: string, version: ChartVersion): Promise<FetchedChart> {
  const [archive = ''] = await readdir(pulled);
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-chart-'));
  const path = join(folder, archive);
  await copyFile(join(pulled, archive), path);
  return {
    ...version,
    path,
    kind: 'chart',
    release: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `helm repo update` ends well also when it got nothing; the index tells. */
async function download(on: HelmForCharts, repository: string, indexFile: string): Promise<Uint8Array> {
  const subject = { doing: `read the index of ${repository}` };
  const { stdout, stderr } = await runHelm(on, ['repo', 'update'], subject);
  try {
    await access(indexFile);
  } catch {
    const reason = /Unable to get an update from[^\n]*:\s*([\s\S]*?)(\nUpdate Complete|$)/.exec(stdout)?.[1];
    throw helmFailure(`failed to fetch the index: ${reason ?? stdout + stderr}`, subject, 'source');
  }
  return readFile(indexFile);
}

const repositoriesSchema = z.object({
  repositories: z.array(z.looseObject({ url: z.string() })).nullish(),
});

/** What the user's `helm repo add` has noted for an address: user, password, certificates. Never told to anybody. */
async function loginOf(url: string, environment: NodeJS.ProcessEnv): Promise<Record<string, unknown>> {
  const home = environment['HOME'] ?? homedir();
  const configuration = environment['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const file =
    environment['HELM_REPOSITORY_CONFIG'] ??
    join(environment['HELM_CONFIG_HOME'] ?? join(configuration, 'helm'), 'repositories.yaml');
  try {
    const { repositories } = repositoriesSchema.parse(parse(await readFile(file, 'utf8')));
    const bare = (address: string): string => address.replace(/\/+$/, '');
    return repositories?.find((each) => bare(each.url) === bare(url)) ?? {};
  } catch {
    // There is none, or it is broken: the repository is asked without a login, and tells if it wants one.
    return {};
  }
}
