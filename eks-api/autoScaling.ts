import { drainNode } from './drainNode.ts';
import { EksError } from './errors.ts';
import type { InstanceView } from './infrastructure.ts';
import type { MutationRecord } from './journal.ts';
import { NodeFleet, imageOf } from './nodeFleet.ts';
import type { NodeGroupRecord } from './nodeGroupRecord.ts';
import { membersIn, queryResponse } from './queryProtocol.ts';
import { randomUuid } from './random.ts';
import type { EksService } from './service.ts';
import type { XmlFields } from './xml.ts';

/** XML namespace of EC2 Auto Scaling's answers. */
export const autoScalingNamespace = 'http://autoscaling.amazonaws.com/doc/2011-01-01/';

/** The version of its API, by which a form is known to be for it. */
export const autoScalingVersion = '2011-01-01';

/** As many instances as one call may name. */
const describedAtOnce = 50;

/** A mutation's record but for its time. */
export type Outcome = Omit<MutationRecord, 'at'>;

/**
 * The operations of EC2 Auto Scaling (query protocol) that are of use with the machines of managed node groups.
 *
 * @param form the request's body
 * @param tell told of every mutation before it is answered, as the journal wants it
 * @returns the answer's body
 * @throws EksError ValidationError as Auto Scaling words it, InvalidAction
 */
export function answerAutoScaling(
  form: URLSearchParams,
  services: readonly EksService[],
  tell: (outcome: Outcome) => void,
): string {
  switch (form.get('Action')) {
    case 'DescribeAutoScalingInstances':
      return describeInstances(form, services);
    case 'TerminateInstanceInAutoScalingGroup':
      return terminate(form, services, tell);
    default:
      throw new EksError(
        'InvalidAction',
        `Could not find operation ${form.get('Action') ?? ''} for version ${form.get('Version') ?? ''}`,
      );
  }
}

/** The record of a mutation that was refused before it was looked at; undefined for what only looks. */
export function refusedAutoScaling(
  form: URLSearchParams,
  error: { name: string; message: string },
): Outcome | undefined {
  if (form.get('Action') !== 'TerminateInstanceInAutoScalingGroup') return undefined;
  return { ...termination(form), outcome: 'refused', error: { name: error.name, message: error.message } };
}

/** Only of the instances that are named: nobody needs all of an account's. One that is not there is left out. */
function describeInstances(form: URLSearchParams, services: readonly EksService[]): string {
  const ids = membersIn(form, 'InstanceIds');
  if (ids.length > describedAtOnce) {
    throw new EksError(
      'ValidationError',
      `The number of instance ids that may be passed in is limited to ${describedAtOnce}`,
    );
  }
  const instances = ids.flatMap((id): XmlFields[] => {
    const found = find(services, id);
    return found === undefined ? [] : [describe(id, found)];
  });
  return queryResponse(autoScalingNamespace, 'DescribeAutoScalingInstances', {
    AutoScalingInstances: { member: instances },
  });
}

interface Found {
  service: EksService;
  instance: InstanceView;
  group: NodeGroupRecord;
}

/** In whichever cluster it is: an instance does not tell. */
function find(services: readonly EksService[], id: string): Found | undefined {
  for (const service of services) {
    const instance = service.infrastructure.findInstance(id);
    const group = instance === undefined ? undefined : service.nodeGroups.get(instance.nodeGroup);
    if (instance !== undefined && group !== undefined) return { service, instance, group };
  }
  return undefined;
}

const describe = (id: string, { instance, group }: Found): XmlFields => ({
  InstanceId: id,
  InstanceType: instance.instanceType,
  AutoScalingGroupName: group.autoScalingGroup,
  AvailabilityZone: instance.zone,
  LifecycleState: group.leaving.has(instance.node) ? 'Terminating:Wait' : 'InService',
  HealthStatus: 'HEALTHY',
  ProtectedFromScaleIn: 'false',
});

function terminate(
  form: URLSearchParams,
  services: readonly EksService[],
  tell: (outcome: Outcome) => void,
): string {
  const found = find(services, form.get('InstanceId') ?? '');
  const asked = {
    ...termination(form),
    ...(found === undefined ? {} : { cluster: found.service.cluster.name }),
  };
  try {
    const activity = apply(found, asked.parameters);
    tell({ ...asked, outcome: 'applied' });
    return queryResponse(autoScalingNamespace, asked.operation, { Activity: activity });
  } catch (error) {
    if (error instanceof EksError) {
      tell({ ...asked, outcome: 'refused', error: { name: error.name, message: error.message } });
    }
    throw error;
  }
}

/**
 * Takes an instance's place off the group's size, or orders another in its stead, and ends it as soon as its Pods are
 * evicted: EKS has a hook in its Auto Scaling groups that sees to that.
 */
function apply(
  found: Found | undefined,
  { InstanceId: id, ShouldDecrementDesiredCapacity: decrement }: Termination['parameters'],
): XmlFields {
  if (found === undefined || found.group.leaving.has(found.instance.node)) {
    throw new EksError(
      'ValidationError',
      `Instance Id not found - No managed instance found for instance ID: ${id}`,
    );
  }
  const { service, group, instance } = found;
  const { size } = group;
  if (decrement && size.desired <= size.min) {
    throw new EksError(
      'ValidationError',
      `Currently, desiredSize equals minSize (${size.min}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
    );
  }
  if (decrement) group.size = { ...size, desired: size.desired - 1 };
  group.leaving.add(instance.node);
  const fleet = new NodeFleet(service, group);
  service.updates.background(async (signal) => {
    if (!decrement) await fleet.launch(1, imageOf(group));
    await service.infrastructure.setUnschedulable(instance.node, true);
    await drainNode(service, instance.node, service.timings.podEvictionLimit, signal);
    await fleet.terminate(instance.node);
  });
  const now = service.infrastructure.clock.now().toISOString();
  return {
    ActivityId: randomUuid(service.random),
    AutoScalingGroupName: group.autoScalingGroup,
    Description: `Terminating EC2 instance: ${id}`,
    Cause: `At ${now} instance ${id} was taken out of service in response to a user request.`,
    StartTime: now,
    StatusCode: 'InProgress',
    Progress: '0',
  };
}

interface Termination {
  operation: string;
  resource: string;
  /** By the names that the form has for them. */
  parameters: { InstanceId: string; ShouldDecrementDesiredCapacity: boolean };
}

function termination(form: URLSearchParams): Termination {
  const id = form.get('InstanceId') ?? '';
  return {
    operation: 'TerminateInstanceInAutoScalingGroup',
    resource: `instance/${id}`,
    parameters: {
      InstanceId: id,
      ShouldDecrementDesiredCapacity: form.get('ShouldDecrementDesiredCapacity') === 'true',
    },
  };
}
