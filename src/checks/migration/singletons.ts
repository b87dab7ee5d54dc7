import { absent } from '../absent.ts';
import { seenBy } from '../check.ts';
import type { MigrationCheck } from './migrationCheck.ts';

/** A singleton that is misspelt would work twice. */
export const singletons: MigrationCheck = (input) => {
  const { observation, asked } = input;
  if (asked.singletons.length === 0) return [];
  const { workloads } = observation;
  if (workloads === undefined) {
    return [absent(input, 'workloads', 'singletons', 'whether the singletons of the request are there')];
  }
  const there = new Set(workloads.owners.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`));
  return asked.singletons
    .filter(({ kind, namespace, name }) => !there.has(`${kind} ${namespace}/${name}`))
    .map(({ kind, namespace, name }) => ({
      check: 'singletons',
      severity: 'blocker',
      subject: { apiVersion: 'apps/v1', kind, namespace, name },
      message: `There is no ${kind} ${namespace}/${name}, of which the request says that no two may work at the same time.`,
      remedy: 'See how it is called (migration.singletons); take it out if it is gone.',
      evidence: seenBy(observation, 'the request', 'Kubernetes: owners of Pods'),
    }));
};
