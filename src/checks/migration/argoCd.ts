import type { Finding, Severity } from '../../contract/finding.ts';
import type { ObservedApplication, ObservedArgoCd } from '../../plan/observedMigration.ts';
import { profileOf } from '../../tools/profiles/index.ts';
import { listNames, seenBy } from '../check.ts';
import { isUnseen, migrationSetting } from './migrationCheck.ts';
import type { MigrationCheck, MigrationCheckInput } from './migrationCheck.ts';

/** Whether a source of Argo CD can bring up what it is about. */
export const argoCdSource: MigrationCheck = (input) => {
  const index = input.asked.resources.findIndex((source) => 'argoCd' in source);
  if (index < 0) return [];
  const seen = input.migration.argoCd;
  if (seen === undefined) return isUnseen(input, 'argoCd') ? [] : [notLookedAt(input)];
  return [
    ...absent(input, seen, index),
    ...chosen(input, seen),
    ...seen.applications.flatMap((application) => ofApplication(input, application)),
    ...seen.clusterSecrets.map((name) =>
      finding(
        input,
        { kind: 'Secret', name },
        'info',
        `Secret ${name} tells Argo CD of the old cluster under its own URL, and is not brought.`,
        'Nothing has to be done: what deploys there deploys into the new cluster by https://kubernetes.default.svc.',
      ),
    ),
  ];
};

function notLookedAt(input: MigrationCheckInput): Finding {
  return finding(
    input,
    { kind: 'Tool', name: 'argo-cd' },
    'unknown',
    'Nobody has looked at what Argo CD has, so it is not known whether its Applications can be brought.',
    'Plan again, so that it is looked at by this release.',
  );
}

/** Without Argo CD on green nobody would sync anything. */
function absent(
  input: MigrationCheckInput,
  { greenLacks, namespace }: ObservedArgoCd,
  index: number,
): Finding[] {
  const { request, asked } = input;
  const byTool = (request.tools ?? []).some(({ name }) => profileOf(name).name === 'argo-cd');
  const bySource = asked.resources.slice(0, index).some((source) => {
    // What manifests and a helmfile hold is known when they are brought; by then it is waited for, and refused by name.
    if (!('copy' in source)) return true;
    return !source.copy.excludeNamespaces.includes(namespace);
  });
  if (byTool || bySource || greenLacks === '') return [];
  const why = greenLacks === undefined ? 'it is new' : greenLacks;
  return [
    finding(
      input,
      { kind: 'Tool', name: 'argo-cd' },
      'blocker',
      `Nothing brings Argo CD to the new cluster before its Applications: ${why}.`,
      `Name it among the tools ({"tools": [{"name": "argo-cd"}]}), or put a source that brings it before this one: ${migrationSetting({ resources: [{ manifests: { path: '…' } }, { argoCd: { namespace } }] })}.`,
    ),
  ];
}

function chosen(input: MigrationCheckInput, { applications, missing, namespace }: ObservedArgoCd): Finding[] {
  const none =
    applications.length > 0 || missing.length > 0
      ? []
      : [
          finding(
            input,
            { kind: 'Namespace', name: namespace },
            'blocker',
            `The source of Argo CD chooses no Application in namespace ${namespace}.`,
            'See how they are labelled, and in which namespace they are (migration.resources); leave the source out if there are none.',
          ),
        ];
  return [
    ...none,
    ...missing.map((name) =>
      finding(
        input,
        { kind: 'Application', namespace, name },
        'blocker',
        `There is no Application ${namespace}/${name}, which the request wants brought.`,
        'See how it is called (migration.resources); take it out if it is gone.',
      ),
    ),
  ];
}

function ofApplication(input: MigrationCheckInput, application: ObservedApplication): Finding[] {
  const { name: key, place, parent, keepsArgoCd } = application;
  const [namespace = '', name = ''] = key.split('/');
  const told = (severity: Severity, message: string, remedy: string) =>
    finding(input, { kind: 'Application', namespace, name }, severity, message, remedy);
  const found: Finding[] = [];
  if (keepsArgoCd === true)
    found.push(
      told(
        'blocker',
        `Application ${key} keeps Argo CD itself, and would take over what is installed on the new cluster.`,
        'Leave it out of the source, or delete it without its resources first (argocd app delete … --cascade=false): Argo CD is never deployed by Argo CD.',
      ),
    );
  if (place === 'blue' && parent !== undefined)
    found.push(
      told(
        'blocker',
        `Application ${key} deploys into the old cluster under a name of its own, and Application ${parent} keeps it so: what is changed on the new cluster would be changed back.`,
        `Set its destination to ${listNames(['https://kubernetes.default.svc'])} in Git, which leads into the old cluster as long as it is synced there.`,
      ),
    );
  if (place === 'elsewhere')
    found.push(
      told(
        'warning',
        `Application ${key} deploys into a third cluster. It is brought, stands still until the cutover, and is not synced before.`,
        'See that the new cluster reaches that one, and that its Secret lets it in.',
      ),
    );
  if (place === 'unknown')
    found.push(
      told(
        'blocker',
        `Application ${key} deploys into a cluster that Argo CD knows by no Secret, so it can't be told whether it leads into the new one.`,
        'Give its destination as https://kubernetes.default.svc, or leave it out of the source.',
      ),
    );
  return found;
}

function finding(
  { observation }: MigrationCheckInput,
  subject: Finding['subject'],
  severity: Severity,
  message: string,
  remedy: string,
): Finding {
  return {
    ...{ check: 'argo-cd', severity, subject, message, remedy },
    evidence: seenBy(observation, 'Kubernetes: Applications of Argo CD'),
  };
}
