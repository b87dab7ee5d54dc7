import type { Finding } from '../../contract/finding.ts';
import { decisionFor, speaksOf } from '../../plan/migration/volumeDecisions.ts';
import type { ObservedResources } from '../../plan/observedMigration.ts';
import { compareNames } from '../../plan/order.ts';
import { listNames, seenBy } from '../check.ts';
import { isUnseen, migrationSetting } from './migrationCheck.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

type Volume = ObservedResources['volumes'][number];

/** Drivers whose volumes are attached to one machine at a time, so that two clusters can't have one at the same time. */
const attachedOnce: ReadonlySet<string> = new Set(['ebs.csi.aws.com', 'kubernetes.io/aws-ebs']);

/** What becomes of data is a person's word, claim by claim: no default is safe. */
export const volumes: MigrationCheck = (input) => {
  if (isUnseen(input, 'resources')) return [];
  return [...undecided(input), ...notShareable(input), ...idle(input)];
};

/** One finding for each namespace, however many claims. */
function undecided({ observation, migration, asked }: MigrationCheckInput): Finding[] {
  const open = migration.resources.volumes.filter(
    ({ claim }) => decisionFor(claim, asked.volumes) === undefined,
  );
  return [...Map.groupBy(open, ({ claim }) => namespaceOf(claim))]
    .sort(([one], [other]) => compareNames(one, other))
    .map(([namespace, found]) => ({
      check: 'volumes',
      severity: 'blocker',
      subject: { kind: 'Namespace', name: namespace },
      message: `The request does not say what becomes of the data of ${found.length} ${found.length === 1 ? 'volume' : 'volumes'} in namespace ${namespace}: ${listNames(found.map(describe).sort(compareNames))}.`,
      remedy: `Say it for each claim, or for all of the namespace: ${migrationSetting({ volumes: { [`${namespace}/*`]: '…' } })} with "empty" (nothing comes along), "restored" (a job of your own brings it) or "shared" (both clusters use the same, as with EFS).`,
      evidence: seenBy(observation, 'Kubernetes: PersistentVolumeClaims, PersistentVolumes'),
    }));
}

function notShareable({ observation, migration, asked }: MigrationCheckInput): Finding[] {
  return migration.resources.volumes
    .filter(
      ({ claim, driver }) => attachedOnce.has(driver ?? '') && decisionFor(claim, asked.volumes) === 'shared',
    )
    .map(({ claim, driver = '' }) => ({
      check: 'volumes',
      severity: 'blocker',
      subject: {
        kind: 'PersistentVolumeClaim',
        namespace: namespaceOf(claim),
        name: claim.slice(claim.indexOf('/') + 1),
      },
      message: `The volume of ${claim} can't be shared: ${driver} attaches it to one machine at a time, so that one of the two clusters would be without it.`,
      remedy: `Take a snapshot and restore it there (${migrationSetting({ volumes: { [claim]: 'restored' } })}), or begin with an empty one ("empty").`,
      evidence: seenBy(observation, 'Kubernetes: PersistentVolumes'),
    }));
}

/** Words about claims that there are not: a slip of the pen is told from `*`, which may well stand for none. */
function idle({ observation, migration, asked }: MigrationCheckInput): Finding[] {
  return Object.keys(asked.volumes)
    .filter((pattern) => pattern !== '*')
    .filter((pattern) => !migration.resources.volumes.some(({ claim }) => speaksOf(pattern, claim)))
    .sort(compareNames)
    .map((pattern) => ({
      check: 'volumes',
      severity: 'warning',
      subject: { kind: 'Volumes', name: pattern },
      message: `The request says what becomes of volumes "${pattern}", and there is no such claim with a volume.`,
      remedy: 'See that it is written as namespace/name; take it out if the claim is gone.',
      evidence: seenBy(observation, 'the request', 'Kubernetes: PersistentVolumeClaims'),
    }));
}

function describe({ claim, storageClass, capacity }: Volume): string {
  const facts = [capacity, storageClass].filter((fact) => fact !== undefined);
  return facts.length === 0 ? claim : `${claim} (${facts.join(', ')})`;
}

function namespaceOf(claim: string): string {
  return claim.slice(0, claim.indexOf('/'));
}
