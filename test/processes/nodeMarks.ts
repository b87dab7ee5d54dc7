import type { Stage } from './stage.ts';

const heldOff = ['cluster-autoscaler.kubernetes.io/scale-down-disabled', 'karpenter.sh/do-not-disrupt'];

/** What an upgrade has set on nodes and not taken away again, one line each. */
export function marks({ simulator }: Pick<Stage, 'simulator'>): string[] {
  const { items } = simulator.cluster.store.list({ group: '', resource: 'nodes' });
  return items.flatMap(({ metadata, spec }) => {
    const { name, annotations = {}, labels = {} } = metadata;
    const cordoned = typeof spec === 'object' && spec !== null && Reflect.get(spec, 'unschedulable') === true;
    return [
      ...(cordoned ? [`${name} is cordoned`] : []),
      ...Object.keys(annotations)
        .filter((key) => heldOff.includes(key) || key.includes('stepladder'))
        .map((key) => `${name} has the annotation ${key}`),
      ...('node.kubernetes.io/exclude-from-external-load-balancers' in labels
        ? [`${name} is out of load balancers`]
        : []),
    ];
  });
}

/** The nodes of a group with all that people and programs set on them, by name, to be compared later. */
export function settingsOf({ simulator }: Pick<Stage, 'simulator'>): Record<string, unknown> {
  const { items } = simulator.cluster.store.list({ group: '', resource: 'nodes' });
  return Object.fromEntries(
    items.map(({ metadata: { name, annotations = {}, labels = {} }, spec }) => [
      name,
      {
        annotations,
        labels,
        unschedulable:
          typeof spec === 'object' && spec !== null && Reflect.get(spec, 'unschedulable') === true,
      },
    ]),
  );
}
