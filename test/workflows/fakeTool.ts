import type { ToolActivities, ToolVerdict } from '../../src/activities/toolTypes.ts';
import type { ToolsStage } from '../../src/contract/plan.ts';
import type { EvidenceReference } from '../../src/contract/evidence.ts';
import { failWith } from './failWith.ts';

/** A release in memory, which the activities of a tool's upgrade change as helm would. */
export interface FakeTool {
  activities: ToolActivities;
  release: { revision: number; version: string; status: string } | undefined;
  /** CRDs that were applied, in order. */
  crds: string[];
  /** What verification finds while the release has this version. */
  problems: Map<string, string[]>;
}

/** external-dns from 1.14.5, revision 3, to 1.15.0. */
export function toolsStage(changes: Partial<ToolsStage> = {}): ToolsStage {
  return {
    stage: 'tools',
    tool: 'external-dns',
    namespace: 'external-dns',
    release: 'external-dns',
    source: { repository: 'https://charts.example.com', chart: 'external-dns' },
    driver: { by: 'helm' },
    from: { version: '1.14.5', revision: 3 },
    to: { version: '1.15.0' },
    values: [],
    renderedSha256: 'f00d',
    crds: { policy: 'refuse', verdict: 'none', applied: [] },
    ...changes,
  };
}

const seen: EvidenceReference = { name: 'tool-state', key: 'tool-state', sha256: 'x', count: 4 };

/** A tool that is well, and whose every step goes well. */
export function fakeTool(): FakeTool {
  const fake: FakeTool = {
    release: { revision: 3, version: '1.14.5', status: 'deployed' },
    crds: [],
    problems: new Map(),
    activities: {
      prepareTool: async ({ change }) => {
        if (fake.release?.revision !== change.from?.revision) {
          failWith('ToolRefused', `Release ${change.release} has another revision.`);
        }
        return { ...(fake.release && { revision: fake.release.revision }), before: seen };
      },
      applyToolCrds: async ({ change }) => {
        fake.crds.push(...change.crds.applied);
        return { applied: change.crds.applied };
      },
      upgradeTool: async ({ change, revisionBefore = 0 }) => {
        fake.release = { revision: revisionBefore + 1, version: change.to.version, status: 'deployed' };
        return { state: 'done', revision: fake.release.revision, status: 'deployed' };
      },
      verifyTool: async (): Promise<ToolVerdict> => {
        const problems = fake.problems.get(fake.release?.version ?? '') ?? [];
        return {
          well: problems.length === 0,
          problems,
          problemCount: problems.length,
          unknown: [],
          evidence: seen,
        };
      },
      rollBackTool: async ({ change, revisionBefore }) => {
        const { release } = fake;
        if (release === undefined || revisionBefore === undefined || release.revision === revisionBefore) {
          if (revisionBefore === undefined) fake.release = undefined;
          return { state: 'already-done', revision: revisionBefore ?? 0, status: 'deployed' };
        }
        const version = change.from?.version ?? '';
        fake.release = { revision: release.revision + 1, version, status: 'deployed' };
        return { state: 'done', revision: fake.release.revision, status: 'deployed' };
      },
      awaitToolInGit: async () => ({ state: 'synced', line: 'Synced and Healthy at 1.15.0' }),
    },
  };
  return fake;
}
