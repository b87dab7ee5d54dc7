import { listNames } from '../check.ts';
import type { ToolCheck } from './toolFinding.ts';

/** Other installations on the same CRDs, of which the cluster has one each: who changes them changes them for all. */
export const toolSharing: ToolCheck = ({ wanted, installed: { sharing, crds }, comparison }) => {
  if (sharing.length === 0) return [];
  const concerned = comparison?.verdict === 'additive' || comparison?.verdict === 'breaking';
  const objects = crds.reduce((sum, { objectCount }) => sum + objectCount, 0);
  const others = sharing.map(
    ({ namespace, name, version }) => `${namespace}/${name}${version === undefined ? '' : ` ${version}`}`,
  );
  return [
    {
      check: 'tool-sharing',
      severity: concerned ? 'warning' : 'info',
      message: `${sharing.length === 1 ? 'Another installation stands' : `${sharing.length} other installations stand`} on the CRDs of ${wanted.name}, with ${objects} custom resources in all: ${listNames(others)}.${concerned ? ' The change of CRDs is one for them, too.' : ''}`,
      remedy: concerned
        ? 'See that each of them works with the new CRDs: a CRD exists once in a cluster.'
        : 'Nothing: the CRDs stay as they are.',
      sources: ['Kubernetes: workloads and CustomResourceDefinitions'],
    },
  ];
};
