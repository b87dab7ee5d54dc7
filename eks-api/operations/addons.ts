import type { EksAccount } from '../account.ts';
import { inPath, inQuery, listInQuery, pageInQuery } from '../call.ts';
import type { Call } from '../call.ts';
import { listCatalogue } from '../addonCatalogue.ts';
import { describeAddonRecord } from '../addonRecord.ts';
import { page } from '../pagination.ts';
import type { EksService } from '../service.ts';

/** ListAddons: the names of the add-ons that EKS manages. */
export function listAddons(service: EksService, call: Call) {
  service.findCluster(inPath(call, 'clusterName'), call.region);
  const { entries, nextToken } = page([...service.addons.keys()], 'addons', pageInQuery(call));
  return { addons: entries, nextToken };
}

/** DescribeAddon. */
export function describeAddon(service: EksService, call: Call) {
  const cluster = service.findCluster(inPath(call, 'clusterName'), call.region);
  return { addon: describeAddonRecord(service.findAddon(inPath(call, 'addonName')), cluster.name) };
}

/** DescribeAddonVersions: what the catalogue has, narrowed by the query. */
export function describeAddonVersions(_account: EksAccount, call: Call) {
  const filter = {
    kubernetesVersion: inQuery(call, 'kubernetesVersion'),
    addonName: inQuery(call, 'addonName'),
    types: listInQuery(call, 'types'),
    publishers: listInQuery(call, 'publishers'),
    owners: listInQuery(call, 'owners'),
  };
  const of = `addon-versions/${JSON.stringify(filter)}`;
  const { entries, nextToken } = page(listCatalogue(filter), of, pageInQuery(call));
  return { addons: entries, nextToken };
}
