import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { observeTool } from '../../src/tools/observeTool.ts';
import type { ToolObserving } from '../../src/tools/observeTool.ts';
import type { ObservedTool, WantedTool } from '../../src/tools/types.ts';
import { crd, webChart } from './charts/madeCharts.ts';
import { dryRun } from './clusterHelm.ts';
import { shopCluster, useToolStage } from './toolStage.ts';
import type { ToolStage } from './toolStage.ts';

/** A chart with the CRD that the cluster has, and what else is given. */
export function chart(version: string, more: Record<string, string> = {}): Record<string, string> {
  return { ...webChart(version), 'crds/things.yaml': crd('things', 'Thing'), ...more };
}
export const anotherCrd = { 'crds/pears.yaml': crd('pears', 'Pear') };
export const brokenTemplate = { 'templates/a.yaml': '{{ if }}' };
export const missingValue = { 'templates/a.yaml': '{{ required "give it" .Values.a }}' };

/** What helm says where the worker's credentials are taken, and it may not read Secrets with them. */
export const forbidden =
  'query: failed to query with labels: secrets is forbidden: User "x" cannot list resource "secrets" in API group "" in the namespace "shop"';

/** What an observation is given that differs from the usual. */
export interface Given {
  wanted?: Partial<WantedTool>;
  by?: Partial<ToolObserving>;
}

export function inCluster(...contents: Parameters<typeof shopCluster>): Given {
  return { by: { connection: shopCluster(...contents) } };
}

export function evidenceOf(tool: string) {
  return { name: 'tool-difference', key: `${tool}-difference`, sha256: 'd'.repeat(64), count: 1 };
}

/** One configuration map of the color, as helm renders it. */
export function configMap(color: string): string {
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  color: ${color}\n`;
}

export interface WebTool {
  stage: () => ToolStage;
  /** Observes it. Its release shop/web is at 1.0.0 and is to get 1.1.0, unless something else is given. */
  observe: (wanted?: Partial<WantedTool>, by?: Partial<ToolObserving>) => Promise<ObservedTool>;
  /** What was kept as evidence, by its tool. */
  evidence: () => Record<string, string>;
  /** How often helm was asked to render it in the cluster. */
  renderings: () => Promise<number>;
}

/** The tool `web` for each test of a file, with charts 1.0.0 and 1.1.0 whose CRDs are those of the cluster. */
export function useWebTool(): WebTool {
  const stage = useToolStage();
  let evidence: Record<string, string> = {};
  beforeEach(async () => {
    evidence = {};
    const { helm, charts } = stage();
    await charts(chart('1.0.0'), chart('1.1.0'));
    await helm.says('get manifest', configMap('blue'));
    await helm.says('upgrade', dryRun(configMap('red')));
    await helm.says('install', dryRun(configMap('red')));
  });
  return {
    stage,
    evidence: () => evidence,
    observe: (wanted = {}, by = {}) => {
      const { folder, helm, environment } = stage();
      return observeTool(
        {
          connection: shopCluster({ release: {} }),
          findHelm: async () => helm.program,
          keepDifference: async (tool, text) => {
            evidence[tool] = text;
            return evidenceOf(tool);
          },
          environment,
          ...by,
        },
        {
          ...{
            name: 'web',
            release: 'web',
            namespace: 'shop',
            version: '1.1.0',
            versions: [],
            crds: 'refuse',
          },
          ...{ driver: { by: 'helm' }, values: [], awaitGit: false },
          source: { path: join(folder, 'web-{version}') },
          ...wanted,
        },
      );
    },
    renderings: async () =>
      (await stage().helm.calls()).filter((call) => /^(upgrade|install)/.test(call)).length,
  };
}
