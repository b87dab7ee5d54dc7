import { runChecks } from '../../checks/index.ts';
import type { Finding } from '../../contract/finding.ts';
import { readRequest } from '../../contract/request.ts';
import { observeAndPlan } from '../planning/planInProcess.ts';
import type { Terminal } from '../terminal.ts';
import type { CheckOptions } from './options.ts';

/** All that a plan for the cluster would find, and nothing of the plan. */
export async function checkCluster(options: CheckOptions, terminal: Terminal): Promise<Finding[]> {
  const written = requestOf(options);
  const checked = readRequest('upgradeCluster', written);
  terminal.note(`Looking at cluster ${checked.cluster.name} …`);
  const { to = '' } = options;
  const { observation, plan, request } = await observeAndPlan({
    written,
    checked: { ...checked, targetVersion: to },
  });
  return runChecks({ observation, plan: plan.plan, request, workflowType: 'upgradeCluster' }, 'info');
}

function requestOf(options: CheckOptions): Record<string, unknown> {
  const { cluster, region, roleArn, externalId, context, to, manifests, rules, dashboards } = options;
  const { apiTable, ignore, prometheus, prometheusTokenEnv } = options;
  return given({
    cluster: given({ name: cluster, region, roleArn, externalId, context }),
    targetVersion: to,
    checks: given({
      ...{ manifests, rules, dashboards, ignore },
      apiTables: apiTable,
      prometheus:
        prometheus === undefined ? undefined : given({ url: prometheus, tokenEnv: prometheusTokenEnv }),
    }),
  });
}

/** Without what was not given. */
function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
