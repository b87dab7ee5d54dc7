import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scenarioDocument } from '../../scenario/scenarioDocument.ts';
import { InvalidScenario, loadScenario, parseScenario } from '../../scenario/scenario.ts';

const root = join(import.meta.dirname, '..', '..');

function problems(value: unknown): string[] {
  try {
    parseScenario(value);
  } catch (error) {
    if (error instanceof InvalidScenario) return error.problems;
    throw error;
  }
  return [];
}
const cluster = { name: 'test', version: '1.31' };

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'scenario.yaml');
  writeFileSync(path, text);
  return path;
}

describe('a scenario', () => {
  test('needs no more than a cluster', () => {
    const scenario = parseScenario({ cluster });
    expect(scenario.cluster.region).toBe('ap-northeast-1');
    expect(scenario.timings.controlPlaneUpgrade).toBe(600);
    expect(scenario.faults.calls).toEqual([]);
  });

  test('lists every problem by its path', () => {
    expect(
      problems({
        cluster: { name: 'test', version: 1.31 },
        speeed: 10,
        nodeGroups: [{ name: 'a', size: -1 }],
        workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'cart', budget: {} }],
      }),
    ).toEqual([
      expect.stringContaining('cluster.version: '),
      expect.stringContaining('nodeGroups[0].size: '),
      expect.stringContaining('workloads[0].budget: give exactly one of minAvailable and maxUnavailable'),
      expect.stringContaining('speeed'),
    ]);
  });

  test.each([
    [
      'a name twice',
      {
        nodeGroups: [
          { name: 'a', size: 1 },
          { name: 'a', size: 1 },
        ],
      },
      'nodeGroups[1]: "a" is there twice',
    ],
    [
      'a workload twice',
      {
        workloads: [
          { kind: 'Job', namespace: 'a', name: 'b' },
          { kind: 'Job', namespace: 'a', name: 'b' },
        ],
      },
      'workloads[1]: "Job a/b" is there twice',
    ],
    [
      'too small a maximum',
      { nodeGroups: [{ name: 'a', size: 3, maxSize: 2 }] },
      'nodeGroups[0].maxSize: is less than size',
    ],
    [
      'too large a minimum',
      { nodeGroups: [{ name: 'a', size: 3, minSize: 4 }] },
      'nodeGroups[0].minSize: is greater than size',
    ],
    [
      'both kinds of maxUnavailable',
      {
        nodeGroups: [
          { name: 'a', size: 3, updateConfig: { maxUnavailable: 1, maxUnavailablePercentage: 10 } },
        ],
      },
      'nodeGroups[0].updateConfig: give maxUnavailable or maxUnavailablePercentage, not both',
    ],
    [
      'an instance type that is not known',
      { nodeGroups: [{ name: 'a', size: 1, instanceType: 'p5.48xlarge' }] },
      'nodeGroups[0].instanceType: instance type p5.48xlarge is not known',
    ],
  ])('with %s is refused', (_what, part, message) => {
    expect(problems({ cluster, ...part }).join('\n')).toContain(message);
  });

  test('is read from YAML, and a file that is none says what is wrong with it', () => {
    expect(loadScenario(file('cluster: { name: test, version: "1.31" }')).cluster.name).toBe('test');
    expect(() => loadScenario(file('cluster: {'))).toThrow(InvalidScenario);
    expect(() => loadScenario(file('cluster: { name: test }'))).toThrow(
      /scenario\.yaml is not a scenario:\n {2}cluster\.version/,
    );
    expect(() => loadScenario('/nowhere/scenario.yaml')).toThrow(/no such file/);
  });

  test('has every field described in docs/scenario.md', () => {
    expect(readFileSync(join(root, 'docs', 'scenario.md'), 'utf8')).toBe(scenarioDocument());
  });
});
