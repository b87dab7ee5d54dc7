import type { SourceContents } from '../../src/monitoring/expressionUse.ts';

/** What a source holds, one line each: `alert group/name: expression`, `panel dashboard/name: expression`. */
export function told({ expressions }: Pick<SourceContents, 'expressions'>): string[] {
  return expressions.map(({ expression, place }) => {
    switch (place.kind) {
      case 'panel':
        return `panel ${place.dashboard}/${place.panel}: ${expression}`;
      case 'autoscaler':
        return `autoscaler ${place.namespace}/${place.name}: ${expression}`;
      default:
        return `${place.kind} ${place.group}/${place.name}: ${expression}`;
    }
  });
}
