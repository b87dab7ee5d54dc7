import { describe, expect, it } from 'vitest';
import { kubernetesLifecycles } from '../../../src/checks/removedApis/kubernetesLifecycles.ts';
import { compareMinors } from '../../../src/plan/versions.ts';
import record from './served.json' with { type: 'json' };

const minors = record.releases.map((release) => /v(1\.\d+)\./.exec(release)![1]!);
const served = new Map<string, { minors: string[] }>(Object.entries(record.served));
const table = kubernetesLifecycles.lifecycles.map((lifecycle) => ({
  ...lifecycle,
  key: `${lifecycle.group}/${lifecycle.version}/${lifecycle.kind}`,
}));

/** Kinds whose lifecycle and whose release don't agree, each with the reason. None is known. */
const exceptions: Readonly<Record<string, string>> = {};

describe('the table of Kubernetes, held against what each release serves', () => {
  it('is held against every minor from 1.29 to 1.37', () => {
    expect(minors).toEqual(['1.29', '1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36', '1.37']);
  });

  it('calls nothing removed that a release serves', () => {
    const contradictions = table.flatMap(({ key, removed }) =>
      (served.get(key)?.minors ?? [])
        .filter((minor) => removed !== undefined && compareMinors(removed, minor) <= 0)
        .map((minor) => `${key}: removed in ${removed ?? ''}, served by ${minor}`),
    );
    expect(contradictions.filter((line) => !(line.split(':')[0]! in exceptions))).toEqual([]);
  });

  it('calls nothing served that a release does not serve, from when it came until it goes', () => {
    const contradictions = table
      .filter(({ key }) => served.has(key))
      .flatMap(({ key, introduced = '1.0', removed = '1.99' }) =>
        minors
          .filter((minor) => compareMinors(introduced, minor) <= 0 && compareMinors(minor, removed) < 0)
          .filter((minor) => served.get(key)?.minors.includes(minor) !== true)
          .map((minor) => `${key}: from ${introduced} to ${removed}, not served by ${minor}`),
      );
    expect(contradictions.filter((line) => !(line.split(':')[0]! in exceptions))).toEqual([]);
  });

  it('knows every kind that one release serves and a later one does not', () => {
    const dropped = [...served]
      .filter(([, entry]) => entry.minors.at(-1) !== minors.at(-1))
      .map(([key]) => key);
    expect(dropped.length).toBeGreaterThan(5);
    expect(
      dropped.filter((key) => !table.some((entry) => entry.key === key && entry.removed !== undefined)),
    ).toEqual([]);
  });

  it('proposes no replacement that the newest release has dropped', () => {
    const gone = new Set(
      table
        .filter(({ removed }) => removed !== undefined && compareMinors(removed, '1.37') <= 0)
        .map(({ key }) => key),
    );
    const heirs = table.flatMap(({ replacement }) => replacement ?? []);
    expect(heirs.filter(({ group, version, kind }) => gone.has(`${group}/${version}/${kind}`))).toEqual([]);
  });

  it('says where it is from', () => {
    expect(kubernetesLifecycles.sources).toContain('k8s.io/api v0.37.2');
    expect(kubernetesLifecycles.sources).toContain('k8s.io/kubernetes v1.37.2 (api/discovery)');
  });
});
