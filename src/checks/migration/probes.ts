import type { Finding } from '../../contract/finding.ts';
import { seenBy } from '../check.ts';
import { migrationSetting } from './migrationCheck.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** Whether anything tells how the new cluster serves before the users are there. */
export const probes: MigrationCheck = (input) => [...none(input), ...bySameWay(input)];

function none({ observation, asked, green }: MigrationCheckInput): Finding[] {
  if (asked.probes.length > 0) return [];
  const byHand = 'manual' in asked.routing;
  return [
    {
      check: 'probes',
      severity: 'warning',
      subject: { kind: 'Cluster', name: green },
      message: byHand
        ? 'There is no probe, and a person who sets weights tells nothing of health: nobody knows how the new cluster serves, and each step of the cutover waits for a person to say.'
        : 'There is no probe: before the cutover nothing tells how the new cluster serves but that its Pods are Ready, and at each step only the router’s own health checks do.',
      remedy: `Name what it must answer: ${migrationSetting({ probes: [{ name: 'shop', green: { service: { namespace: '…', name: '…', port: 80 } } }] })}.`,
      evidence: seenBy(observation, 'the request'),
    },
  ];
}

/** One that goes by the users' own way is answered by blue as long as they are all there. */
function bySameWay({ observation, asked, migration, blue }: MigrationCheckInput): Finding[] {
  const users = new Set(migration.routing.addresses.flatMap(hostOf));
  return asked.probes.flatMap(({ name, green }) =>
    typeof green === 'string' && hostOf(green).some((host) => users.has(host))
      ? [
          {
            check: 'probes',
            severity: 'warning' as const,
            subject: { kind: 'Probe', name },
            message: `Probe ${name} asks for the new cluster at ${green}, where the users come in: as long as they are sent to ${blue}, that one answers it.`,
            remedy:
              'Give an address of the new cluster alone: a load balancer of its own, or a Service by way of its API server.',
            evidence: seenBy(observation, 'the request', 'Elastic Load Balancing'),
          },
        ]
      : [],
  );
}

function hostOf(address: string): string[] {
  return URL.canParse(address) ? [new URL(address).host.toLowerCase()] : [];
}
