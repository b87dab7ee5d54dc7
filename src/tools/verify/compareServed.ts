import type { StateComparison, ToolState } from './toolState.ts';

/** As Argo CD orders them, from the best. What is not among them is worse than all. */
const healthOrder = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'];

/**
 * Whether each Application has the sync and the health that it had, or better ones. One that is out of sync because its
 * source has moved since is a note: that is no work of the upgrade.
 */
export function compareApplications(before: ToolState, after: ToolState): StateComparison {
  const result: StateComparison = { problems: [], unknown: [], notes: [] };
  if (after.applications === undefined) return result;
  const now = new Map(after.applications.map((each) => [`${each.namespace}/${each.name}`, each]));
  for (const then of before.applications ?? []) {
    const name = `${then.namespace}/${then.name}`;
    const application = now.get(name);
    if (application === undefined) {
      result.problems.push(`Application ${name}: it is no longer there`);
      continue;
    }
    const wrong: string[] = [];
    if (rank(application.health) > rank(then.health)) {
      wrong.push(`${application.health || 'of no health'}, was ${then.health}`);
    }
    if (then.sync === 'Synced' && application.sync !== 'Synced') {
      const moved = application.sync === 'OutOfSync' && application.revision !== then.revision;
      if (moved) result.notes.push(`Application ${name}: OutOfSync since its source has moved`);
      else wrong.push(`${application.sync || 'not compared'}, was ${then.sync}`);
    }
    if (then.sync === 'OutOfSync' && !['Synced', 'OutOfSync'].includes(application.sync)) {
      wrong.push(`${application.sync || 'not compared'}, was ${then.sync}`);
    }
    if (wrong.length > 0) result.problems.push(`Application ${name}: ${wrong.join('; ')}`);
  }
  return result;
}

function rank(health: string): number {
  const index = healthOrder.indexOf(health);
  return index === -1 ? healthOrder.length : index;
}

/** Whether each load balancer has the addresses that it had. New ones are nobody's loss. */
export function compareLoadBalancers(before: ToolState, after: ToolState): string[] {
  if (after.loadBalancers === undefined) return [];
  const name = ({ kind, ...each }: { kind: string; namespace: string; name: string }) =>
    `${kind} ${each.namespace}/${each.name}`;
  const now = new Map(after.loadBalancers.map((each) => [name(each), each.addresses]));
  return (before.loadBalancers ?? []).flatMap((then) => {
    if (then.addresses.length === 0) return [];
    const addresses = now.get(name(then));
    if (addresses === undefined) return [`${name(then)}: it is gone, or the controller has let it go`];
    const lost = then.addresses.filter((address) => !addresses.includes(address));
    if (lost.length === 0) return [];
    const instead = addresses.length === 0 ? 'has no address' : `has ${addresses.join(', ')}`;
    return [`${name(then)}: its load balancer ${instead}, was ${lost.join(', ')}`];
  });
}

/** Whether each TargetGroupBinding is bound as it was, and seen by its controller. */
export function compareTargetGroupBindings(before: ToolState, after: ToolState): string[] {
  if (after.targetGroupBindings === undefined) return [];
  const now = new Map(after.targetGroupBindings.map((each) => [`${each.namespace}/${each.name}`, each]));
  return (before.targetGroupBindings ?? []).flatMap((then) => {
    const name = `${then.namespace}/${then.name}`;
    const binding = now.get(name);
    if (binding === undefined) return [`TargetGroupBinding ${name}: it is no longer there`];
    if (binding.targetGroup !== then.targetGroup) {
      return [`TargetGroupBinding ${name}: bound to ${binding.targetGroup}, was ${then.targetGroup}`];
    }
    return then.observed && !binding.observed
      ? [`TargetGroupBinding ${name}: its controller has not seen its newest version`]
      : [];
  });
}
