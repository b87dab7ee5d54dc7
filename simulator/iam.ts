import type { EksApi } from '../eks-api/index.ts';
import { describeClusterRecord } from '../eks-api/operations/describeCluster.ts';
import type { QueryServerOptions } from '../eks-api/queryServer.ts';
import { startIamApi } from '../iam-api/index.ts';
import type { IamApi } from '../iam-api/index.ts';
import { iamStateOf } from '../scenario/iamState.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Serves IAM beside EKS, with the roles that a scenario's service accounts name and the first cluster's OIDC provider. */
export async function startIamBeside(
  eks: EksApi,
  scenario: Scenario,
  options: Omit<QueryServerOptions, 'accessKeys'>,
): Promise<IamApi> {
  const issuer = describeClusterRecord(eks.service).identity?.oidc?.issuer ?? '';
  return startIamApi({ ...options, setup: iamStateOf(scenario, issuer), accessKeys: eks.accessKeys });
}
