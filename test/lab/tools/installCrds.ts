import { expect } from 'vitest';
import { isObject, listAt, objectAt, textAt } from '../../../src/tools/crds/json.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import type { CrdDocument } from '../../../src/tools/types.ts';
import { eventually } from '../../processes/patience.ts';
import { servedByEach } from '../apiServers.ts';
import type { LabStage } from '../engine/labStage.ts';
import type { Kubectl } from './kubectl.ts';

/** Arguments of kubectl with which it shows what `apply` would change. */
export const diffArguments = (file: string): string[] => [
  'diff',
  '--server-side',
  '--force-conflicts',
  '-f',
  file,
];

/**
 * Has kubectl apply CRDs, and resolves when that is what there is: nothing of them is changing any more, and each API
 * server serves their objects.
 *
 * @param file with the same CRDs as `crds`
 */
export async function installCrds(
  { stage, kubectl }: { stage: LabStage; kubectl: Kubectl },
  { crds, file }: { crds: readonly CrdDocument[]; file: string },
): Promise<void> {
  expect(await kubectl.run('apply', '--server-side', '--force-conflicts', '-f', file)).toMatchObject({
    exitCode: 0,
  });
  // While the API servers still write their conditions, a diff may tell of those.
  await eventually('the CRDs as they were applied', async () => {
    return (await kubectl.run(...diffArguments(file))).exitCode === 0;
  });
  await servedByEach(
    { ...stage.address, components: await stage.components() },
    ...crds.flatMap(({ object }) => listPaths(object)),
  );
}

/** Paths of the lists of a CRD's objects, in each version that it serves. */
function listPaths(object: Json): string[] {
  const spec = objectAt(object, 'spec');
  const plural = textAt(objectAt(spec, 'names'), 'plural');
  return listAt(spec, 'versions')
    .filter((version) => isObject(version) && version['served'] === true)
    .map((version) => `/apis/${textAt(spec, 'group')}/${textAt(version, 'name')}/${plural}`);
}
