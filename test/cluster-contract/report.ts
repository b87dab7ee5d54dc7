import { unsupported } from '../../simulator/kube-api/unsupported.ts';
import type { ContractCase } from './contractCase.ts';
import type { Outcome } from './runCase.ts';

export interface ReportRow extends ContractCase {
  simulator: Outcome;
  lab: Outcome;
}

/** The report of a run on both, as Markdown. */
export function reportOf(rows: readonly ReportRow[]): string {
  const both = rows.filter(({ simulator, lab }) => simulator === 'passes' && lab === 'passes').length;
  const refused = rows.filter(({ simulator }) => simulator === 'answers 501');
  return [
    '# What the simulator and a real control plane have in common',
    '',
    '<!-- Written by `npm run test:lab -- test/cluster-contract --update`; the same tests compare it. -->',
    '',
    'Each case states what a Kubernetes API does that the engine, or its tests, rely on, and is run against the simulated',
    'API and against the lab: real API servers, controller-manager and scheduler of Kubernetes 1.31, and KWOK in the',
    "kubelets' place. The last ones take both to 1.32.",
    '',
    `Of ${rows.length} cases ${both} pass on both, and ${refused.length} are answered with 501 by the simulator. The engine needs none of those: a`,
    'whole upgrade is run on the simulator, and no request of it may be answered so.',
    '',
    '| area | case | simulator | lab |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ area, name, simulator, lab }) => `| ${area} | ${name} | ${simulator} | ${lab} |`),
    '',
    '## What the simulator answers with 501',
    '',
    ...Object.values(unsupported).map((reason) => `- ${reason}`),
    '',
  ].join('\n');
}
