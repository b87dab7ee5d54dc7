import { z } from 'zod';
import { actionsSchema, normalizeActions, targetGroupsOf } from './actions.ts';
import type { AskedAction } from './actions.ts';
import { listener, rule, targetGroup } from './describe.ts';
import { ElbError, invalid } from './errors.ts';
import { list, number, read } from '../eks-api/queryForm.ts';
import type { FormValue } from '../eks-api/queryForm.ts';
import type { RuleRecord } from './records.ts';
import type { ElbStore } from './store.ts';

/** What an operation that changes something is given: what was asked, and what there is. It gives its answer. */
type Change = (form: Record<string, FormValue>, store: ElbStore) => object;

export const modifyRule: Change = (form, store) => {
  const { RuleArn, Actions } = read(
    z.object({ RuleArn: z.string().min(1), Actions: actionsSchema.optional() }),
    form,
  );
  const record = store.findRule(RuleArn);
  if (record.priority === undefined) {
    throw new ElbError('OperationNotPermitted', `Default rule '${RuleArn}' cannot be modified`);
  }
  if (Actions !== undefined) setActions(record, Actions, store);
  return { Rules: [rule(record)] };
};

export const modifyListener: Change = (form, store) => {
  const { ListenerArn, DefaultActions } = read(
    z.object({ ListenerArn: z.string().min(1), DefaultActions: actionsSchema.optional() }),
    form,
  );
  const record = store.findListener(ListenerArn);
  if (DefaultActions !== undefined) setActions(store.defaultRuleOf(record.arn), DefaultActions, store);
  return { Listeners: [listener(record, store)] };
};

/** Only when all of it may be: a refused change changes nothing. */
function setActions(record: RuleRecord, asked: readonly AskedAction[], store: ElbStore): void {
  const actions = normalizeActions(asked, record.actions);
  const loadBalancer = store.loadBalancerOfRule(record);
  for (const arn of targetGroupsOf(actions)) {
    const group = store.findTargetGroup(arn);
    if (group.vpcId !== loadBalancer.vpcId) {
      throw new ElbError(
        'InvalidConfigurationRequest',
        `Target group '${arn}' is in VPC '${group.vpcId}', and load balancer '${loadBalancer.arn}' in '${loadBalancer.vpcId}'`,
      );
    }
    if (store.loadBalancersOf(arn).some((other) => other !== loadBalancer.arn)) {
      throw new ElbError(
        'TargetGroupAssociationLimit',
        `The following target groups cannot be associated with more than one load balancer: ${arn}`,
      );
    }
  }
  record.actions = actions;
}

const tagSchema = z.object({ Key: z.string().min(1), Value: z.string().optional() });

export const createTargetGroup: Change = (form, store) => {
  const asked = read(
    z.object({
      Name: z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/, {
        error: 'must be up to 32 letters, digits and hyphens',
      }),
      Protocol: z.literal('HTTP'),
      Port: number,
      VpcId: z.string().min(1),
      TargetType: z.enum(['ip', 'instance']).default('instance'),
      HealthCheckPath: z.string().default('/'),
      Tags: list(tagSchema).optional(),
    }),
    form,
  );
  const there = store.targetGroups.get(store.targetGroupArn(asked.Name));
  if (there !== undefined) {
    // The same again is the same; the name with other settings is not.
    const same =
      there.port === asked.Port &&
      there.vpcId === asked.VpcId &&
      there.targetType === asked.TargetType &&
      there.healthCheck.path === asked.HealthCheckPath;
    if (same) return { TargetGroups: [targetGroup(there, store)] };
    throw new ElbError(
      'DuplicateTargetGroupName',
      `A target group with the same name '${asked.Name}' exists, but with different settings`,
    );
  }
  const made = store.addTargetGroup({
    name: asked.Name,
    vpcId: asked.VpcId,
    port: asked.Port,
    targetType: asked.TargetType,
    healthCheckPath: asked.HealthCheckPath,
    tags: Object.fromEntries((asked.Tags ?? []).map(({ Key, Value = '' }) => [Key, Value])),
  });
  return { TargetGroups: [targetGroup(made, store)] };
};

export const deleteTargetGroup: Change = (form, store) => {
  const { TargetGroupArn: arn } = read(z.object({ TargetGroupArn: z.string().min(1) }), form);
  if (store.loadBalancersOf(arn).length > 0) {
    throw new ElbError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`);
  }
  // One that is not there is deleted already.
  store.targetGroups.delete(arn);
  store.tags.delete(arn);
  return {};
};

const targetsSchema = z.object({
  TargetGroupArn: z.string().min(1),
  Targets: list(z.object({ Id: z.string().min(1), Port: number.optional() })).refine(
    (targets) => targets.length > 0,
    { error: 'at least one target is required' },
  ),
});

export const registerTargets: Change = (form, store) => {
  const { TargetGroupArn, Targets } = read(targetsSchema, form);
  const group = store.findTargetGroup(TargetGroupArn);
  if (group.targetType === 'ip' && Targets.some(({ Id }) => !/^\d+(\.\d+){3}$/.test(Id))) {
    throw invalid('The targets of a target group of type ip must be IPv4 addresses');
  }
  for (const { Id, Port = group.port } of Targets) store.register(TargetGroupArn, { id: Id, port: Port });
  return {};
};

export const deregisterTargets: Change = (form, store) => {
  const { TargetGroupArn, Targets } = read(targetsSchema, form);
  const group = store.findTargetGroup(TargetGroupArn);
  for (const { Id, Port = group.port } of Targets) {
    // When it has answered everything is nobody's concern here.
    void store.deregister(TargetGroupArn, { id: Id, port: Port });
  }
  return {};
};
