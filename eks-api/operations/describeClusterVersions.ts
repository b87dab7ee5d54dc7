import type { EksAccount } from '../account.ts';
import { inQuery, listInQuery, pageInQuery } from '../call.ts';
import type { Call } from '../call.ts';
import { invalidParameter } from '../errors.ts';
import { page } from '../pagination.ts';
import { knownVersions } from '../versions.ts';

const statuses = ['STANDARD_SUPPORT', 'EXTENDED_SUPPORT', 'UNSUPPORTED'];

/** DescribeClusterVersions: without `includeAll`, those that are still supported. */
export function describeClusterVersions(_account: EksAccount, call: Call) {
  const wanted = listInQuery(call, 'clusterVersions');
  const status = (inQuery(call, 'versionStatus') ?? inQuery(call, 'status'))?.toUpperCase().replace('-', '_');
  if (status !== undefined && !statuses.includes(status)) {
    throw invalidParameter(`Unknown version status ${status}. It must be one of ${statuses.join(', ')}.`);
  }
  const includeAll = inQuery(call, 'includeAll') === 'true' || status !== undefined || wanted.length > 0;
  const defaultOnly = inQuery(call, 'defaultOnly') === 'true';
  const clusterType = inQuery(call, 'clusterType') ?? 'eks';
  const versions = knownVersions
    .filter(
      (known) =>
        (includeAll || known.status !== 'UNSUPPORTED') &&
        (status === undefined || known.status === status) &&
        (wanted.length === 0 || wanted.includes(known.version)) &&
        (!defaultOnly || isDefault(known)),
    )
    .map((known) => ({
      clusterVersion: known.version,
      clusterType,
      defaultPlatformVersion: known.platformVersion,
      defaultVersion: isDefault(known),
      releaseDate: new Date(known.releaseDate),
      endOfStandardSupportDate: new Date(known.endOfStandardSupportDate),
      endOfExtendedSupportDate: new Date(known.endOfExtendedSupportDate),
      status: known.status.toLowerCase().replace('_', '-'),
      versionStatus: known.status,
      kubernetesPatchVersion: known.patchVersion,
    }));
  const of = ['cluster-versions', status, includeAll, defaultOnly, ...wanted].join('/');
  const { entries, nextToken } = page(versions, of, pageInQuery(call));
  return { clusterVersions: entries, nextToken };
}

const isDefault = (known: (typeof knownVersions)[number]): boolean => known.default === true;
