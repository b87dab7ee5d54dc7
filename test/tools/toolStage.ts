import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { parse } from 'yaml';
import type { KubernetesConnection, ReadOptions } from '../../src/kubernetes/connection.ts';
import { list } from '../kubernetes/fakeConnection.ts';
import { crd, writeFiles } from './charts/madeCharts.ts';
import { clusterHelm } from './clusterHelm.ts';
import type { ClusterHelm } from './clusterHelm.ts';
import { emptyHome, useHelm } from './helm/helmForTests.ts';
import { toolCluster } from './observe/toolCluster.ts';

/** What a test of a tool's versions stands on. Each test has its own. */
export interface ToolStage {
  /** For charts and manifests. */
  folder: string;
  /** Puts charts there, each as `web-1.2.0` by its version. */
  charts: (...all: Record<string, string>[]) => Promise<void>;
  helm: ClusterHelm;
  environment: NodeJS.ProcessEnv;
  /** Temporary folders that are there now, of what was fetched and of calls of helm. */
  temporary(): Promise<string[]>;
  /** To be called when the test is over. */
  onEnd: (clear: () => Promise<void>) => void;
}

/** Sets the stage for each test of a file. */
export function useToolStage(): () => ToolStage {
  const real = useHelm();
  let stage: ToolStage | undefined;
  const cleanups: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    const all = await mkdtemp(join(tmpdir(), 'stepladder-tool-stage-'));
    cleanups.push(() => rm(all, { recursive: true, force: true }));
    const [folder, answers, temporary] = ['sources', 'helm', 'temporary'].map((name) => join(all, name)) as [
      string,
      string,
      string,
    ];
    for (const each of [folder, answers, temporary]) await mkdir(each);
    const onEnd = (clear: () => Promise<void>) => void cleanups.push(clear);
    stage = {
      folder,
      charts: async (...all) => {
        for (const files of all) {
          const version = /^version: (.*)$/m.exec(files['Chart.yaml'] ?? '')?.[1] ?? '';
          await writeFiles(join(folder, `web-${version}`), files);
        }
      },
      helm: await clusterHelm(answers, real()),
      environment: await emptyHome(onEnd),
      temporary: () => readdir(temporary),
      onEnd,
    };
    vi.stubEnv('TMPDIR', temporary);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const clear of cleanups.splice(0).reverse()) await clear();
  });
  return () => {
    if (stage === undefined) throw new Error('the stage is there once a test has begun');
    return stage;
  };
}

export const pathOfThings = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.org';

/** What of a cluster a chart's templates may ask for. */
const offers = {
  '/version': { gitVersion: 'v1.33.1' },
  '/apis': { groups: [{ name: 'example.org', versions: [{ version: 'v7' }] }] },
  '/api/v1': { resources: [] },
  '/apis/example.org/v7': { resources: [] },
};

/**
 * A cluster with a CRD of things, in which the release shop/web may be, and which takes every CRD as it is sent.
 *
 * @param release absent for none
 */
export function shopCluster({
  release,
  ...contents
}: Omit<Parameters<typeof toolCluster>[0], 'releases'> & {
  release?: { status?: string; version?: string };
} = {}): KubernetesConnection & { asked: { path: string; options: ReadOptions }[] } {
  const web = {
    ...{ namespace: 'shop', name: 'web', revision: 3, chart: 'web' },
    ...{ status: 'deployed', version: '1.0.0', ...release },
  };
  const cluster = toolCluster({
    ...contents,
    releases: release === undefined ? [] : [web],
    more: {
      ...offers,
      ...(release === undefined
        ? { '/api/v1/namespaces/shop/secrets': list(), '/api/v1/namespaces/shop/configmaps': list() }
        : {}),
      [pathOfThings]: parse(crd('things', 'Thing')) as unknown,
      ...contents.more,
    },
  });
  return { ...cluster, change: async (_method, _path, { body }) => body };
}
