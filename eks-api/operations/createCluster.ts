import type { AccountSubnet, EksAccount } from '../account.ts';
import { accessEntryRecord, principalOf } from '../accessEntryRecord.ts';
import { clusterAdminPolicy } from '../accessPolicies.ts';
import { defaultAddonVersion } from '../addonCatalogue.ts';
import { readBody } from '../call.ts';
import type { Call } from '../call.ts';
import {
  createClusterSchema,
  readSettings,
  readSubnets,
  readVersion,
  refuseUnsupported,
} from '../clusterInput.ts';
import type { CreateClusterBody } from '../clusterInput.ts';
import { EksError, invalidParameter } from '../errors.ts';
import { UnsupportedCluster } from '../infrastructure.ts';
import type { ClusterFactory, PreparedCluster } from '../infrastructure.ts';
import { randomUuid, seededRandom, stableHex } from '../random.ts';
import type { EksService } from '../service.ts';
import { refuseBadTags } from '../tagLimits.ts';
import { UpdateFailure } from '../updates.ts';
import { describeClusterRecord } from './describeCluster.ts';

/** What EKS puts into every new cluster unless it is told not to; none of it is managed by EKS then. */
const bootstrapAddons = ['vpc-cni', 'kube-proxy', 'coredns'];

/**
 * CreateCluster: CREATING until its control plane answers, then ACTIVE, or FAILED with the reason in its health. Who
 * creates a cluster is its administrator, unless it is said otherwise.
 *
 * @throws EksError ResourceInUseException (there is one of that name), InvalidParameterException,
 * InvalidRequestException where no cluster can be made here
 */
export function createCluster(account: EksAccount, call: Call) {
  const body = readBody(createClusterSchema, call);
  const subject = { clusterName: body.name };
  if (account.peek(body.name) !== undefined) {
    throw new EksError('ResourceInUseException', `Cluster already exists with name: ${body.name}`, subject);
  }
  refuseUnsupported(call.body, subject);
  refuseBadTags(body.tags ?? {});
  const version = readVersion(body, subject);
  const region = call.region ?? account.first.cluster.region;
  const subnets = readSubnets(body, account.subnets(region), subject);
  const factory = requiredFactory(account, body.name);
  const prepared = prepare(factory, body, { version, region, creator: call.principalArn });
  const service = addRecord(account, prepared, body, { region, subnets });
  letCreatorIn(service, call.principalArn);
  service.updates.background((signal) => build(service, prepared, signal));
  return () => ({ cluster: describeClusterRecord(service) });
}

function requiredFactory({ factory }: EksAccount, clusterName: string): ClusterFactory {
  if (factory !== undefined) return factory;
  throw new EksError(
    'InvalidRequestException',
    'This EKS API can not create clusters: it stands before clusters that are there already. Name one of those.',
    { clusterName },
  );
}

function prepare(
  factory: ClusterFactory,
  body: CreateClusterBody,
  { version, region, creator }: { version: string; region: string; creator: string | undefined },
): PreparedCluster {
  const { name, tags = {}, bootstrapSelfManagedAddons = true } = body;
  const addons = bootstrapSelfManagedAddons ? bootstrapAddons : [];
  const selfManagedAddons = addons.flatMap((addon) => {
    const offered = defaultAddonVersion(addon, version);
    return offered === undefined ? [] : [{ name: addon, version: offered }];
  });
  try {
    return factory.prepare({
      name,
      region,
      version,
      tags,
      selfManagedAddons,
      ...(creator === undefined ? {} : { creator }),
    });
  } catch (error) {
    if (!(error instanceof UnsupportedCluster)) throw error;
    throw invalidParameter(error.message, { clusterName: name });
  }
}

function addRecord(
  account: EksAccount,
  prepared: PreparedCluster,
  body: CreateClusterBody,
  { region, subnets }: { region: string; subnets: AccountSubnet[] },
): EksService {
  const { infrastructure, updateFault } = prepared;
  const createdAt = infrastructure.clock.now();
  // Not the same as of another cluster, nor as of one of that name before it.
  const seed =
    account.shared.seed + Number.parseInt(stableHex(`${body.name}/${createdAt.toISOString()}`, 8), 16);
  return account.add({
    ...account.shared,
    seed,
    infrastructure,
    end: () => prepared.end(),
    ...(updateFault === undefined ? {} : { updateFault }),
    state: {
      cluster: {
        name: body.name,
        region,
        account: account.id,
        status: 'CREATING',
        createdAt,
        tags: body.tags ?? {},
        autoMode: false,
        health: [],
        subnets,
        settings: readSettings(body, subnets[0]?.vpcId ?? ''),
        identity: randomUuid(seededRandom(seed)),
      },
      nodeGroups: [],
      addons: [],
      insights: [],
    },
  });
}

function letCreatorIn(
  { cluster, accessEntries, infrastructure }: EksService,
  caller: string | undefined,
): void {
  const { authenticationMode, bootstrapClusterCreatorAdminPermissions } = cluster.settings;
  if (caller === undefined || authenticationMode === 'CONFIG_MAP') return;
  if (bootstrapClusterCreatorAdminPermissions !== true) return;
  const principalArn = principalOf(caller);
  const entry = { principalArn, policies: [{ policyArn: clusterAdminPolicy }] };
  accessEntries.set(principalArn, accessEntryRecord(cluster, entry, infrastructure.clock.now()));
}

async function build(service: EksService, prepared: PreparedCluster, signal: AbortSignal): Promise<void> {
  const { cluster, timings } = service;
  try {
    await service.failIfMeantTo('ClusterCreation', cluster.name, signal);
    await service.pause(timings.clusterCreation, signal);
    await prepared.start(signal);
    cluster.started = true;
    cluster.status = 'ACTIVE';
  } catch (error) {
    if (signal.aborted) throw error;
    const problem =
      error instanceof UpdateFailure
        ? error.problem
        : {
            code: 'InternalFailure',
            message: error instanceof Error ? error.message : String(error),
            resourceIds: [],
          };
    cluster.status = 'FAILED';
    cluster.health = [problem];
  }
}
