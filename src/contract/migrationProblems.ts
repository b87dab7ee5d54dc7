import type { MigrationRequest } from './migrationSchema.ts';

/** As much of a request as can't be meant together with a migration. */
interface MigratingRequest {
  cluster: { name: string };
  addons: { versions: Readonly<Record<string, string>> };
  workers: {
    groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    hops: string;
    nodeOrder: readonly string[];
    order: readonly string[];
    skip: readonly string[];
  };
  gates: { hop: boolean; workers: boolean };
  guards: readonly unknown[];
  tools: readonly { after?: string | undefined; awaitGit: boolean }[];
  migration?: MigrationRequest | undefined;
}

interface Contradiction {
  path: (string | number)[];
  message: string;
}

/**
 * What of a request can't be meant together with its migration, by its path: settings of upgrades in place, and words
 * about a new cluster that is there already. Nothing where there is no migration; defaults contradict nothing.
 */
export function contradictionsOfMigration(request: MigratingRequest): Contradiction[] {
  const { migration } = request;
  if (migration === undefined) return [];
  return [
    ...ofWorkers(request),
    ...ofTheRest(request),
    ...ofGreen(request, migration),
    ...repeated(migration),
    ...ofArgoCd(migration),
  ];
}

function ofWorkers({ workers }: MigratingRequest): Contradiction[] {
  const inPlace = 'is for upgrades in place: a migration rolls no node group';
  return [
    ...(['order', 'skip', 'nodeOrder'] as const).flatMap((field) =>
      workers[field].length === 0
        ? []
        : [
            {
              path: ['workers', field],
              message: field === 'skip' ? `${inPlace}, and the new cluster gets all of them` : inPlace,
            },
          ],
    ),
    ...(workers.hops === 'every' ? [] : [{ path: ['workers', 'hops'], message: inPlace }]),
    ...Object.entries(workers.groups).flatMap(([name, group]) =>
      Object.entries(group)
        .filter(([field, value]) => field !== 'templateVersion' && value !== undefined)
        .map(([field]) => ({
          path: ['workers', 'groups', name, field],
          message: `${inPlace}; only templateVersion says something of the new cluster’s`,
        })),
    ),
  ];
}

function ofTheRest({ gates, guards, tools }: MigratingRequest): Contradiction[] {
  return [
    ...(['hop', 'workers'] as const)
      .filter((gate) => gates[gate])
      .map((gate) => ({
        path: ['gates', gate],
        message: 'is for upgrades in place: a migration asks for its plan, the cutover and the deletion',
      })),
    ...(guards.length === 0
      ? []
      : [
          {
            path: ['guards'],
            message: 'are for waves of nodes; what a migration is watched by stands in migration.probes',
          },
        ]),
    ...tools.flatMap(({ after, awaitGit }, index): Contradiction[] => [
      ...(after === undefined
        ? []
        : [
            { path: ['tools', index, 'after'], message: 'is for upgrades in place: a migration has one hop' },
          ]),
      ...(awaitGit
        ? [
            {
              path: ['tools', index, 'awaitGit'],
              message: 'is for upgrades in place: what Git keeps comes to the new cluster with what keeps it',
            },
          ]
        : []),
    ]),
  ];
}

function ofGreen(
  { cluster, workers, addons }: MigratingRequest,
  { green }: MigrationRequest,
): Contradiction[] {
  const name = ['migration', 'green', 'name'];
  if (green.name === cluster.name) {
    return [{ path: name, message: 'is the name of the old cluster: the new one needs another' }];
  }
  if (!green.existing) return [];
  const there = 'says nothing of a cluster that is there already (migration.green.existing)';
  return [
    ...(green.name === undefined
      ? [{ path: name, message: 'is missing: which cluster is there already' }]
      : []),
    ...Object.keys(workers.groups).map((group) => ({ path: ['workers', 'groups', group], message: there })),
    ...Object.keys(addons.versions).map((addon) => ({ path: ['addons', 'versions', addon], message: there })),
  ];
}

/** Applications are chosen in one way, and by one source. */
function ofArgoCd({ resources }: MigrationRequest): Contradiction[] {
  const sources = resources.flatMap((source, index) => ('argoCd' in source ? [{ ...source, index }] : []));
  const path = (index: number, ...more: string[]) => ['migration', 'resources', index, 'argoCd', ...more];
  return [
    ...sources.flatMap(({ argoCd, index }) =>
      argoCd.applications !== undefined && argoCd.selector !== undefined
        ? [{ path: path(index, 'selector'), message: 'contradicts applications: name them or select them' }]
        : [],
    ),
    ...sources.slice(1).map(({ index }) => ({
      path: path(index),
      message: 'stands in the list already: put all Applications into one source, which knows their order',
    })),
  ];
}

/** Names by which a person tells things apart stand once. */
function repeated({ probes, singletons }: MigrationRequest): Contradiction[] {
  const again = (field: string, names: readonly string[], what: (name: string) => string) =>
    names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [{ path: ['migration', field, index], message: `${what(name)} stands in the list already` }],
    );
  return [
    ...again(
      'probes',
      probes.map(({ name }) => name),
      (name) => `a probe "${name}"`,
    ),
    ...again(
      'singletons',
      singletons.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
      (name) => name,
    ),
  ];
}
