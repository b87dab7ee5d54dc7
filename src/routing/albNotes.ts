import { readForward, weightsOf } from './albForward.ts';
import type { AlbView } from './albView.ts';
import type { RoutingNote } from './routing.ts';

/**
 * By this tag the AWS Load Balancer Controller knows what it has made and keeps as its objects say
 * (kubernetes-sigs.github.io/aws-load-balancer-controller, "How it works").
 */
const ownerTag = 'elbv2.k8s.aws/cluster';

/** What stands against changing the weights of a rule, and what a person should know before. */
export function albNotes(view: AlbView): RoutingNote[] {
  return [
    ...ownership(view),
    ...loadBalancerState(view),
    ...forwarding(view),
    ...greenGroup(view),
    ...besides(view),
  ];
}

function ownership(view: AlbView): RoutingNote[] {
  const { holder, listener, loadBalancer, blue, green, tags } = view;
  const ownerOf = (arn: string | undefined) => tags.get(arn ?? '')?.[ownerTag];
  const parts: [string, string | undefined][] = [
    ['rule', holder.kind === 'rule' ? ownerOf(holder.arn) : undefined],
    ['listener', ownerOf(listener.ListenerArn)],
    ['load balancer', ownerOf(loadBalancer.LoadBalancerArn)],
  ];
  const [owned] = parts.filter(([, cluster]) => cluster !== undefined);
  if (owned !== undefined) {
    const [what, cluster = ''] = owned;
    return [
      {
        severity: 'blocker',
        message: `The ${what} belongs to the AWS Load Balancer Controller of cluster ${cluster} (tag ${ownerTag}), which would take any weights back that it has not set itself.`,
        remedy:
          'Make load balancer, listener and target groups outside the clusters and bind a Service of each cluster to its target group by a TargetGroupBinding; or set the weights in the Ingress by hand and choose the router `manual`.',
      },
    ];
  }
  return [blue, green].flatMap(({ TargetGroupArn, TargetGroupName = '' }): RoutingNote[] => {
    const cluster = ownerOf(TargetGroupArn);
    if (cluster === undefined) return [];
    return [
      {
        severity: 'warning',
        message: `Target group ${TargetGroupName} belongs to the AWS Load Balancer Controller of cluster ${cluster}: it goes when the Ingress or Service goes that it was made for.`,
        remedy:
          'Keep that object as long as users are sent there, or make the target group outside the cluster.',
      },
    ];
  });
}

function loadBalancerState({ loadBalancer }: AlbView): RoutingNote[] {
  const { LoadBalancerName: name = '', Type, State } = loadBalancer;
  const notes: RoutingNote[] = [];
  if (Type !== 'application') {
    notes.push({
      severity: 'blocker',
      message: `Load balancer ${name} is of type ${Type ?? 'unknown'}, and only Application Load Balancers are switched by their rules here.`,
      remedy: 'Choose the router `manual`.',
    });
  }
  if (State?.Code === 'active') return notes;
  const code = State?.Code ?? 'unknown';
  notes.push({
    severity: code === 'active_impaired' ? 'warning' : 'blocker',
    message: `Load balancer ${name} is ${code}${State?.Reason === undefined ? '' : `: ${State.Reason}`}.`,
    remedy: 'Wait until it is active, or mend what its reason names.',
  });
  return notes;
}

function forwarding({ actions, blue, green }: AlbView): RoutingNote[] {
  const forward = readForward(actions);
  if (forward === undefined) {
    const types = actions.map(({ Type }) => Type ?? '').join(', ');
    return [
      {
        severity: 'blocker',
        message: `The rule forwards to no target group (${types === '' ? 'no action' : types}), so there are no weights to set.`,
        remedy: 'Name the rule that forwards the users’ requests to the old cluster.',
      },
    ];
  }
  const sides = { blue: blue.TargetGroupArn ?? '', green: green.TargetGroupArn ?? '' };
  const others = forward.targetGroups.filter(({ arn }) => arn !== sides.blue && arn !== sides.green);
  const notes: RoutingNote[] = [];
  if (others.length > 0) {
    notes.push({
      severity: 'blocker',
      message: `The rule forwards to ${others.map(({ arn }) => arn).join(', ')} as well, which are neither cluster's.`,
      remedy: 'Take them out of the rule, or name the rule of these two clusters.',
    });
  } else if (weightsOf(forward, sides) === undefined) {
    notes.push({
      severity: 'blocker',
      message: 'The rule sends nobody anywhere: all its weights are 0.',
      remedy: 'Give the old cluster’s target group a weight again.',
    });
  } else if (!forward.targetGroups.some(({ arn }) => arn === sides.blue)) {
    notes.push({
      severity: 'warning',
      message: 'The rule does not forward to the old cluster’s target group any more.',
      remedy: 'Check that blue and green name the right target groups.',
    });
  }
  if (forward.stickySeconds !== undefined) {
    notes.push({
      severity: 'warning',
      message: `The rule keeps each user with one target group for ${forward.stickySeconds} s, so weights decide for new users only, and a switch takes that long to reach all.`,
      remedy: 'Turn group stickiness off where users may change clusters, or soak longer than that.',
    });
  }
  return notes;
}

function greenGroup({ green, loadBalancer }: AlbView): RoutingNote[] {
  const { TargetGroupName: name = '', VpcId, LoadBalancerArns = [] } = green;
  const notes: RoutingNote[] = [];
  const elsewhere = LoadBalancerArns.filter((arn) => arn !== loadBalancer.LoadBalancerArn);
  if (elsewhere.length > 0) {
    notes.push({
      severity: 'blocker',
      message: `Target group ${name} is used by load balancer ${elsewhere.join(', ')}, and a target group can have one only.`,
      remedy: 'Make another target group for the new cluster.',
    });
  }
  if (VpcId !== loadBalancer.VpcId) {
    notes.push({
      severity: 'blocker',
      message: `Target group ${name} is in ${VpcId ?? 'no VPC'}, and the load balancer in ${loadBalancer.VpcId ?? 'another'}.`,
      remedy:
        'Make the target group in the load balancer’s VPC, with targets by IP address where the cluster is in another.',
    });
  }
  return notes;
}

/** Users that other rules keep sending to blue. */
function besides({ otherRules, blue }: AlbView): RoutingNote[] {
  const still = otherRules.filter(({ Actions = [] }) =>
    readForward(Actions)?.targetGroups.some(({ arn, weight }) => arn === blue.TargetGroupArn && weight > 0),
  );
  if (still.length === 0) return [];
  return [
    {
      severity: 'warning',
      message: `${still.length === 1 ? 'Another rule forwards' : `${still.length} other rules forward`} to the old cluster as well, and will not be changed: ${still.map(({ RuleArn = '' }) => RuleArn).join(', ')}.`,
      remedy: 'Switch them by hand, or have all users come by one rule.',
    },
  ];
}
