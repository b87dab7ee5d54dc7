import type { VolumeDecision } from '../../contract/migration.ts';
import type { SeenForNotes, SeenService } from './readForNotes.ts';

/** What can't be copied as it is, and what to do about it. Of the same shape as in `ObservedResources`. */
export interface CopyNote {
  severity: 'blocker' | 'warning' | 'info';
  /** `Service shop/web`, or `12 Services`. */
  subject: string;
  what: string;
  remedy: string;
}

interface NoteContext {
  /** Whether a namespaced object (`namespace/name`) is in a namespace that goes along. */
  goesAlong: (name: string) => boolean;
  /** What the request says of a claim. */
  decisionOf: (claim: string) => VolumeDecision | undefined;
}

/** Names that one note lists. */
const named = 10;

/** All notes of what was seen on blue, one for all objects of which the same is to be said. */
export function copyNotes(seen: SeenForNotes, { goesAlong, decisionOf }: NoteContext): CopyNote[] {
  const services = seen.services.filter(({ name }) => goesAlong(name) && name !== 'default/kubernetes');
  const of = (holds: (service: SeenService) => boolean): string[] =>
    services.filter(holds).map(({ name }) => name);
  const externals = services.filter(({ type }) => type === 'ExternalName');
  const claimed = seen.volumes.filter(({ claim }) => claim !== undefined && goesAlong(claim));
  const undecided = claimed.filter(({ claim }) => decisionOf(claim ?? '') !== 'shared');
  const shared = claimed.filter(({ claim }) => decisionOf(claim ?? '') === 'shared');
  return [
    ...note(
      'Service',
      of(({ type }) => type === 'LoadBalancer'),
      {
        severity: 'warning',
        what: 'gets a load balancer of its own on the new cluster, with another address',
        remedy: 'Have users come by what the request routes, or change what points to the old address.',
      },
    ),
    ...note(
      'Service',
      of(({ type, hasSelector }) => !hasSelector && type !== 'ExternalName'),
      {
        severity: 'warning',
        what: 'has no selector: its addresses are written by hand, and are not copied',
        remedy: 'Write its Endpoints or EndpointSlices on the new cluster before the cutover.',
      },
    ),
    ...note(
      'Service',
      externals.map(({ name }) => name),
      {
        severity: 'info',
        what: `stands for a name elsewhere (${listed(externals.map(({ externalName = '?' }) => externalName))})`,
        remedy: 'Check that the new cluster is let in there.',
      },
    ),
    ...note('Ingress', seen.ingresses.map(({ name }) => name).filter(goesAlong), {
      severity: 'info',
      what: 'is served by its controller on the new cluster anew: where that makes a load balancer, it is another one',
      remedy: 'Have users come by what the request routes, or change what points to the old address.',
    }),
    ...note(
      'PersistentVolume',
      undecided.filter(({ driver }) => driver === 'hostPath' || driver === 'local').map(({ name }) => name),
      {
        severity: 'warning',
        what: 'is on a node of the old cluster: what it holds does not come along',
        remedy: 'Bring its data over by a job of your own, and say "restored" for its claim.',
      },
    ),
    ...note(
      'PersistentVolume',
      undecided
        .filter(({ isStatic, driver }) => isStatic && driver !== 'hostPath' && driver !== 'local')
        .map(({ name }) => name),
      {
        severity: 'warning',
        what: 'was made by hand: its claim waits on the new cluster for one that nobody makes, unless its class does',
        remedy: 'Say "shared" for its claim to have it copied, or make one on the new cluster.',
      },
    ),
    ...note(
      'PersistentVolume',
      shared.filter(({ driver }) => driver === 'ebs.csi.aws.com').map(({ name }) => name),
      {
        severity: 'warning',
        what: 'shall be shared, and is an EBS volume: it can be attached to one node at a time, in its own zone',
        remedy: 'Have whatever uses it among the singletons, so that it stands still on one of the clusters.',
      },
    ),
    ...note('Job', seen.runningJobs.filter(goesAlong), {
      severity: 'info',
      what: 'is at work on the old cluster, ends there and is not copied',
      remedy: 'Wait for its end before the cutover, where it matters.',
    }),
    ...note('Pod', seen.barePods.filter(goesAlong), {
      severity: 'info',
      what: 'has no controller, and is not copied',
      remedy: 'Start it by hand on the new cluster if it is needed there.',
    }),
    ...note('Webhook', [...new Set(seen.urlWebhooks.map((each) => `${each.configuration} (${each.host})`))], {
      severity: 'warning',
      what: 'is asked at an address outside of the cluster',
      remedy: 'Check that the new cluster reaches it, and that it may answer for both.',
    }),
    ...note(
      'Workload',
      seen.hostPathWorkloads.filter((name) => goesAlong(name.split(' ')[1] ?? '')),
      {
        severity: 'info',
        what: 'keeps something in a folder of its node (hostPath), which does not come along',
        remedy: 'Check that it does without what lies there.',
      },
    ),
  ];
}

/** One note for all of these; none for none. */
export function note(
  kind: string,
  names: readonly string[],
  { severity, what, remedy }: Omit<CopyNote, 'subject'>,
): CopyNote[] {
  const [first] = names;
  if (first === undefined) return [];
  if (names.length === 1) return [{ severity, subject: `${kind} ${first}`, what, remedy }];
  const plural = kind === 'Ingress' ? 'Ingresses' : `${kind}s`;
  return [{ severity, subject: `${names.length} ${plural}`, what: `each ${what}: ${listed(names)}`, remedy }];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, named).join(', ');
  return names.length > named ? `${shown} and ${names.length - named} more` : shown;
}
