import { describe, expect, it } from 'vitest';
import { insight, nodeGroup, workloads } from '../plan/fixtures.ts';
import { findings, found, without } from './findings.ts';

describe('broken-workloads', () => {
  const owner = (namespace: string, well: boolean) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace,
    name: 'web',
    wanted: 2,
    ready: well ? 2 : 0,
    well,
    ...(well ? {} : { reason: '0 of 2 Pods Ready' }),
  });

  it('names what is not well, once for each namespace', () => {
    const change = { workloads: workloads({ owners: [owner('shop', false), owner('kube-system', false)] }) };
    expect(found('broken-workloads', change)).toEqual([
      'warning broken-workloads/Namespace/kube-system',
      'info broken-workloads/Namespace/shop',
    ]);
    expect(findings('broken-workloads', change)[1]?.message).toContain('Deployment web (0 of 2 Pods Ready)');
  });

  it('is silent of what is well', () => {
    expect(found('broken-workloads', { workloads: workloads({ owners: [owner('shop', true)] }) })).toEqual(
      [],
    );
  });

  it('does not know when nobody looked', () => {
    expect(found('broken-workloads', without('workloads'))).toEqual([
      'unknown broken-workloads/Observation/pods',
    ]);
  });
});

describe('rollback-readiness', () => {
  const rollback = (status: 'PASSING' | 'WARNING' | 'ERROR' | 'UNKNOWN') => ({
    insights: [insight('r', { category: 'ROLLBACK_READINESS', status })],
  });

  it.each([
    ['ERROR', ['warning rollback-readiness/Insight/r']],
    ['WARNING', ['info rollback-readiness/Insight/r']],
    ['UNKNOWN', ['info rollback-readiness/Insight/r']],
    ['PASSING', []],
  ] as const)('%s', (status, expected) => {
    expect(found('rollback-readiness', rollback(status))).toEqual(expected);
  });

  it('never stands in the way, and is silent where the control plane stays', () => {
    const change = { ...rollback('ERROR'), nodeGroups: [nodeGroup('blue', { version: '1.30' })] };
    expect(
      found('rollback-readiness', change, { nodeGroup: 'blue' }, { workflowType: 'upgradeNodeGroup' }),
    ).toEqual([]);
  });

  it('does not say that a rollback fails when EKS does not know', () => {
    expect(findings('rollback-readiness', rollback('UNKNOWN'))[0]?.message).toMatch(/^EKS does not know/);
  });
});
