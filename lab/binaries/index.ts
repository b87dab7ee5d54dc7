import { join } from 'node:path';
import { defaultCacheFolder } from '../../src/binaries/cacheFolder.ts';
import { findPackage } from './findPackage.ts';
import type { BinarySource, FoundPackage } from './findPackage.ts';
import { controlPlanePackage, etcdPackage, kubectlPackage, kwokPackage } from './packages.ts';
import type { LabPackage } from './packages.ts';
import type { ControlPlaneBinaries } from './types.ts';

export { LabBinariesMissing } from './findPackage.ts';
export type { FoundPackage } from './findPackage.ts';
export type { ControlPlaneBinaries } from './types.ts';

/** Where to look; the cache is the user's own unless given. */
export type LabBinarySource = Omit<BinarySource, 'cacheFolder'> & { cacheFolder?: string };

/** The programs of a control plane of a minor version. Throws LabBinariesMissing. */
export async function findControlPlaneBinaries(
  minor: string,
  source: LabBinarySource,
): Promise<ControlPlaneBinaries> {
  const wanted = controlPlanePackage(minor);
  const { folder } = await find(wanted, source);
  return {
    minor,
    version: wanted.release,
    apiServer: join(folder, 'kube-apiserver'),
    controllerManager: join(folder, 'kube-controller-manager'),
    scheduler: join(folder, 'kube-scheduler'),
  };
}

/** Path of etcd. Throws LabBinariesMissing. */
export async function findEtcd(source: LabBinarySource): Promise<string> {
  return join((await find(etcdPackage, source)).folder, 'etcd');
}

/** Path of KWOK. Throws LabBinariesMissing. */
export async function findKwok(source: LabBinarySource): Promise<string> {
  return join((await find(kwokPackage, source)).folder, 'kwok');
}

/** Path of kubectl, which a lab itself does without. Throws LabBinariesMissing. */
export async function findKubectl(source: LabBinarySource): Promise<string> {
  return join((await find(kubectlPackage, source)).folder, 'kubectl');
}

/** Every package that a lab of these minor versions needs, each with where it came from. Throws LabBinariesMissing. */
export async function findAll(
  minors: readonly string[],
  source: LabBinarySource,
): Promise<{ package: LabPackage; found: FoundPackage }[]> {
  const wanted = [etcdPackage, kwokPackage, ...minors.map(controlPlanePackage)];
  const all = [];
  // One after the other: each build takes every core there is.
  for (const each of wanted) all.push({ package: each, found: await find(each, source) });
  return all;
}

function find(wanted: LabPackage, source: LabBinarySource): Promise<FoundPackage> {
  return findPackage(wanted, { ...source, cacheFolder: source.cacheFolder ?? defaultCacheFolder() });
}
