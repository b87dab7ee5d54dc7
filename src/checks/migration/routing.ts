import type { Finding } from '../../contract/finding.ts';
import { seenBy } from '../check.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** What stands against sending the users over, and what a person should know of how that is done. */
export const routing: MigrationCheck = (input) => [
  ...input.migration.routing.notes.map(({ severity, message, remedy }) =>
    finding(input, severity, message, remedy),
  ),
  ...startsElsewhere(input),
  ...byHand(input),
];

function startsElsewhere(input: MigrationCheckInput): Finding[] {
  const { weights, router } = input.migration.routing;
  if (weights === undefined || weights.green === 0) return [];
  return [
    finding(
      input,
      'warning',
      `${weights.green} % of the users are sent to the new cluster's targets already, by ${router}.`,
      'See that this is meant: nothing has been brought to the new cluster yet. Set its weight to 0 first.',
    ),
  ];
}

function byHand(input: MigrationCheckInput): Finding[] {
  const { asked } = input;
  if (!('manual' in asked.routing)) return [];
  const steps = asked.steps.weights.length;
  return [
    finding(
      input,
      'info',
      `A person sets the weights: the cutover asks ${steps === 1 ? 'once' : `${steps} times`}, and once more to send the users back.`,
      'Have somebody at hand who may set them.',
    ),
  ];
}

function finding(
  { observation, migration }: MigrationCheckInput,
  severity: Finding['severity'],
  message: string,
  remedy: string,
): Finding {
  return {
    check: 'routing',
    severity,
    subject: { kind: 'Router', name: migration.routing.router },
    message,
    remedy,
    evidence: seenBy(observation, 'Elastic Load Balancing, or the request'),
  };
}
