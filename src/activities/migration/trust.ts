import { StepladderError } from '../../contract/errors.ts';
import { regionOfArn } from '../../platform/eks/cluster.ts';
import { changeTrust } from '../../platform/eks/roles/changeTrust.ts';
import {
  blueStatements,
  distrustingGreen,
  ownSid,
  trustingGreen,
} from '../../platform/eks/roles/greenTrust.ts';
import type { Issuer } from '../../platform/eks/roles/greenTrust.ts';
import { IamConnection } from '../../platform/eks/roles/iamConnection.ts';
import { issuerOf, siblingCluster } from '../../platform/eks/roles/oidcProvider.ts';
import {
  createProvider,
  deleteProvider,
  findProvider,
  listProviders,
} from '../../platform/eks/roles/providers.ts';
import type { TrustPolicy } from '../../platform/eks/roles/trustPolicy.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { madeByNote, madeByNoteKey } from '../madeBy.ts';
import type { MigrationActivities } from '../migrationTypes.ts';
import { activityScope, heartbeating } from '../scope.ts';
import type { ClusterContext } from '../types.ts';

/** Tag of a provider that we have made: the ARN of the cluster whose issuer it is of. */
const providerOfKey = 'stepladder/cluster';

/** Has the roles that Pods assume trust green's service accounts as they trust blue's, and takes that back. */
export function trustActivities({
  clusters,
}: Pick<ActivityDependencies, 'clusters'>): Pick<MigrationActivities, 'trustGreen' | 'distrustGreen'> {
  return {
    async trustGreen({ sides, stage, madeBy }) {
      const { trustedBy } = stage;
      if (trustedBy.length === 0) return { changed: [] };
      const { signal } = activityScope();
      let line = "looking at green's OIDC issuer";
      return heartbeating(
        async () => {
          const connection = iamOf(sides.blue);
          const greenArn = sides.green.identity.arn;
          const blue = await issuerOfCluster(sides.blue, signal);
          const green = await issuerOfCluster(sides.green, signal);
          await provideIssuer(connection, { blue, green, greenArn, madeBy }, signal);
          const by = { blue, green, sid: ownSid(greenArn) };
          const changed: string[] = [];
          for (const [index, arn] of trustedBy.entries()) {
            line = `role ${index + 1} of ${trustedBy.length}: ${arn}`;
            await changeTrust(connection, arn, (policy) => toldOfGreen(arn, policy, by), signal);
            // All of them trust green now, whichever run has told them.
            changed.push(arn);
          }
          return { changed };
        },
        () => ({ line }),
      );
    },

    async distrustGreen({ blue, stage, madeBy }) {
      const { trustedBy, cluster } = stage;
      if (trustedBy.length === 0) return;
      const { signal } = activityScope();
      await heartbeating(async () => {
        const connection = iamOf(blue);
        const greenArn = siblingCluster(blue.identity.arn, cluster);
        const sid = ownSid(greenArn);
        const failures: unknown[] = [];
        for (const arn of trustedBy) {
          // A role that can't be put back keeps no other from it.
          try {
            await changeTrust(connection, arn, (policy) => distrustingGreen(policy, sid), signal);
          } catch (error) {
            signal.throwIfAborted();
            if (!isGone(error)) failures.push(error);
          }
        }
        for (const { arn, tags } of await listProviders(connection, signal)) {
          const ours = tags[madeByNoteKey] === madeByNote(madeBy) && tags[providerOfKey] === greenArn;
          if (ours) await deleteProvider(connection, arn, signal);
        }
        if (failures.length > 0) throw failures[0];
      });
    },
  };

  async function issuerOfCluster(context: ClusterContext, signal: AbortSignal): Promise<Issuer> {
    const { platform } = await clusters.open(context, signal);
    const { name, arn, oidcIssuer } = await platform.describeCluster(signal);
    if (oidcIssuer === undefined) {
      throw new StepladderError(
        'ClusterNotActive',
        `EKS tells no OIDC issuer of cluster ${name}, so no role can trust its service accounts. It has one once it is ACTIVE: look at it, and start again.`,
        { cluster: name },
      );
    }
    return issuerOf(oidcIssuer, arn);
  }
}

/** Green's provider, with the audiences that blue's has; where blue has none, no Pod of it assumes a role by it. */
async function provideIssuer(
  connection: IamConnection,
  { blue, green, greenArn, madeBy }: { blue: Issuer; green: Issuer; greenArn: string; madeBy: string },
  signal: AbortSignal,
): Promise<void> {
  const like = await findProvider(connection, blue.providerArn, signal);
  if (like === undefined || (await findProvider(connection, green.providerArn, signal)) !== undefined) return;
  const tags = { [madeByNoteKey]: madeByNote(madeBy), [providerOfKey]: greenArn };
  await createProvider(connection, green, { clientIds: like.clientIds, tags }, signal);
}

/** What becomes of a role's policy. Throws `PlatformRefused` for one that is not as it was when the plan was made. */
function toldOfGreen(
  arn: string,
  policy: TrustPolicy,
  by: { blue: Issuer; green: Issuer; sid: string },
): TrustPolicy | undefined {
  const statements = blueStatements(policy, by.blue);
  if (Array.isArray(statements)) return trustingGreen(policy, by);
  throw new StepladderError(
    'PlatformRefused',
    `Role ${arn} can't be told to trust the new cluster: ${statements.why}. It was changed since the plan was made. ${statements.remedy}`,
    { role: arn, reason: 'unclear-trust' },
  );
}

const isGone = (error: unknown): boolean =>
  error instanceof StepladderError && error.details['reason'] === 'not-found';

/** IAM of blue's account, in which green is too. */
function iamOf({ cluster, identity }: ClusterContext): IamConnection {
  const region = cluster.region ?? regionOfArn(identity.arn);
  return new IamConnection({ ...cluster, ...(region === undefined ? {} : { region }) });
}
