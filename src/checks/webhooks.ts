import type { Finding } from '../contract/finding.ts';
import type { ObservedExtensions, ObservedWebhook } from '../plan/observedExtensions.ts';
import { absent } from './absent.ts';
import { listNames, seenBy, type Check, type CheckInput } from './check.ts';
import { systemDoings, upgradeDoings } from './webhookScope.ts';

/** Addresses on the API server's own machine: webhooks of whoever runs the control plane, which go with it. */
const ownMachine = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Admission webhooks that fail closed: those that nobody answers now, and those that stand in the way of nodes, leases
 * and the system's Pods, which an upgrade moves together with the webhook's own.
 */
export const webhooks: Check = (input) => {
  const { extensions } = input.observation;
  if (extensions === undefined) {
    return [absent(input, 'extensions', 'webhooks', 'whether admission webhooks stand in the way')];
  }
  return extensions.webhooks
    .filter(({ failurePolicy, rules }) => failurePolicy === 'Fail' && rules.length > 0)
    .flatMap((webhook) => judge(input, webhook, extensions) ?? []);
};

function judge(
  input: CheckInput,
  webhook: ObservedWebhook,
  extensions: ObservedExtensions,
): Finding | undefined {
  const { target } = webhook;
  if ('host' in target) return judgeHost(input, webhook, target.host, extensions);
  const service = `${target.service.namespace}/${target.service.name}`;
  if (target.readyEndpoints === 0) {
    const doings = upgradeDoings(webhook, extensions);
    return finding(input, webhook, doings.length > 0 && !webhook.conditional ? 'blocker' : 'warning', {
      message:
        `Webhook ${webhook.name} fails closed, and Service ${service} behind it has no ready endpoint: ` +
        (doings.length > 0
          ? `the API server refuses ${listNames(doings)} that it is called for.`
          : 'the API server refuses everything that it is called for.'),
      remedy: `Bring the Pods behind Service ${service} up, or delete the ${webhook.kind} if what it belonged to is gone.`,
    });
  }
  const doings = systemDoings(webhook, extensions);
  if (doings.length === 0 || webhook.conditional) return undefined;
  return finding(input, webhook, 'warning', {
    message: `Webhook ${webhook.name} fails closed and is called for ${listNames(doings)}: while the Pods behind Service ${service} are moved, these are refused, and what they hold up may be those very Pods.`,
    remedy:
      'Leave kube-system and kube-node-lease out by its namespaceSelector (kubernetes.io/metadata.name NotIn), take nodes and leases out of its rules, or let it fail open; and run two replicas with a budget.',
  });
}

function judgeHost(
  input: CheckInput,
  webhook: ObservedWebhook,
  host: string,
  extensions: ObservedExtensions,
): Finding | undefined {
  const doings = upgradeDoings(webhook, extensions);
  if (ownMachine.test(host) || doings.length === 0) return undefined;
  return finding(input, webhook, 'unknown', {
    message: `Webhook ${webhook.name} fails closed and is called for ${listNames(doings)} at ${host}, outside the cluster; whether it answers can't be seen from here.`,
    remedy: `See that ${host} is up and stays up during the upgrade, then override this finding.`,
  });
}

function finding(
  { observation }: CheckInput,
  { kind, configuration, name }: ObservedWebhook,
  severity: Finding['severity'],
  text: Pick<Finding, 'message' | 'remedy'>,
): Finding {
  return {
    check: 'webhooks',
    severity,
    subject: { apiVersion: 'admissionregistration.k8s.io/v1', kind, name: `${configuration}/${name}` },
    ...text,
    evidence: seenBy(observation, `Kubernetes: ${kind} ${configuration}`, 'Kubernetes: EndpointSlices'),
  };
}
