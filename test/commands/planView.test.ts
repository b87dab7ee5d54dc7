import { describe, expect, it } from 'vitest';
import { tellPlan } from '../../src/commands/planning/tellPlan.ts';
import type { Finding, Severity } from '../../src/contract/finding.ts';
import type { PlanResult } from '../../src/contract/plan.ts';
import { insight, observe, observedAt, plan } from '../plan/fixtures.ts';
import { fakeTerminal } from './fakeTerminal.ts';

function told(result: PlanResult, json = false) {
  const terminal = fakeTerminal();
  const code = tellPlan(result, json, terminal, new Date(observedAt));
  return { code, text: terminal.out.join('\n'), err: terminal.err };
}

function withFindings(...severities: Severity[]): PlanResult {
  const findings = severities.map((severity, index): Finding => ({
    check: 'made-up',
    severity,
    subject: { kind: 'Thing', name: String(index) },
    message: `thing ${index} is ${severity}`,
    remedy: 'mend it',
    evidence: [{ source: 'a test', observedAt: '2026-03-02T10:00:00Z' }],
  }));
  return { ...plan(), findings };
}

describe('what plan prints', () => {
  it('has hops, stages, versions and an estimate', () => {
    const { text } = told(plan());
    expect(text).toMatch(/Plan for cluster demo to 1\.33 +about \d+/);
    expect(text).toContain('control plane 1.31 → 1.32');
    expect(text).toContain('add-on coredns v1.11.3-eksbuild.1 → v1.11.4-eksbuild.2');
    expect(text).toContain('workers of blue 1.32 → 1.33, managed');
    expect(text).toContain('1.32 → 1.33');
  });

  it('groups findings by severity, worst first, each with its remedy and where it was seen', () => {
    const { text } = told(withFindings('info', 'warning', 'unknown', 'blocker'));
    const order = ['Blockers (1)', 'Unknown', 'Warnings (1)', 'For your information (1)'];
    const places = order.map((heading) => text.indexOf(heading));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual([...places].sort((left, right) => left - right));
    expect(text).toContain('mend it');
    expect(text).toContain('seen in a test at 2026-03-02T10:00:00Z');
  });

  it('names the override by which a blocker can be passed', () => {
    expect(told(withFindings('blocker')).text).toContain("--override 'made-up/Thing/0'");
  });

  it('shows windows, and which are too short', () => {
    const window = { from: '22:00', to: '22:30', timeZone: 'UTC' };
    const { text } = told(plan(observe(), { window }));
    expect(text).toContain('window: 22:00:00 UTC to 22:30:00 UTC, shorter than the hop is thought to take');
  });

  it('prints exactly the agreed fields as JSON, and nothing else', () => {
    const result = plan();
    const { text } = told(result, true);
    expect(JSON.parse(text)).toEqual({
      findings: result.findings,
      summary: result.summary,
      digest: result.digest,
      hops: result.plan.hops,
    });
  });
});

describe('the exit code of plan', () => {
  it.each([
    [3, ['info', 'warning', 'unknown', 'blocker']],
    [4, ['warning', 'unknown']],
    [5, ['warning', 'info']],
    [0, ['info']],
    [0, []],
  ] as [number, Severity[]][])('is %i for %j', (code, severities) => {
    expect(told(withFindings(...severities)).code).toBe(code);
  });

  it('is that of a warning for a blocker that the request overrides', () => {
    const observation = observe({ insights: [insight('7f3c')] });
    const key = 'insights/Insight/7f3c';
    expect(plan(observation).findings.map(({ severity }) => severity)).toContain('blocker');
    expect(told(plan(observation)).code).toBe(3);
    const overridden = plan(observation, { overrides: [key] });
    expect(told(overridden).code).toBe(5);
    expect(told(overridden).text).toContain(`Overridden: ${key}`);
  });
});
