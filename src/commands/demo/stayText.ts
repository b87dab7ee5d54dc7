import type { Style } from '../rendering/style.ts';
import { upgradeWorkflowId } from '../starting/startUpgrade.ts';
import { startFormLink } from '../starting/temporalUi.ts';

export interface StayPlaces {
  address: string;
  namespace: string;
  uiUrl: string;
  /** Path of the `temporal` binary that serves all this. */
  binary: string;
  taskQueue: string;
  cluster: string;
  target: string;
  strategy: string;
  /** File with a request that suits the strategy; absent where the few words of every start will do. */
  requestFile?: string;
  /** Where users come in, and the cluster that they go to; of a migration alone. */
  users?: { address: string; green: string };
  evidenceFolder: string;
  /** The environment that leads AWS clients to the simulator. */
  simulator: Readonly<Record<string, string>>;
}

/** What can be tried with a demo that stays up: every command as it can be pasted, in the order of a first try. */
export function stayText(places: StayPlaces, style: Style): string {
  const { cluster } = places;
  const sections = [
    style.title(`Cluster ${cluster} is up, and nothing is started. Ctrl-C ends everything.`),
    inCommandLine(places, style),
    inUi(places, style),
    inTemporalCli(places, style),
    usersThere(places, style),
    simulatedAws(places, style),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function inCommandLine(places: StayPlaces, style: Style): string {
  const { address, cluster, target, requestFile, evidenceFolder } = places;
  const request =
    requestFile === undefined ? `--cluster ${cluster} --target ${target}` : `--input ${requestFile}`;
  const commands: [command: string, meaning?: string][] = [
    [`start ${request} --watch`],
    ['approve', `shows what is asked, and asks: ${gatesOf(places)}`],
    ...answersOf(places),
    ['status'],
    [`report --evidence ${evidenceFolder}`, 'once it has ended'],
  ];
  return [
    `${style.title('With this command line')}, in other terminals`,
    `  export TEMPORAL_ADDRESS=${address}`,
    ...commands.flatMap(([command, meaning]) => [
      `  npm run stepladder -- ${command}`,
      ...(meaning === undefined ? [] : [`    ${meaning}`]),
    ]),
  ].join('\n');
}

/** The gates that come, in their order. */
function gatesOf({ strategy }: StayPlaces): string {
  switch (strategy) {
    case 'blue-green':
      return 'the plan, then the cutover, then the deletion of the old cluster';
    case 'surge':
      return 'the plan, then the end of each old node group';
    default:
      return 'the plan';
  }
}

/** What else is said to such an upgrade. */
function answersOf({ strategy, cluster }: StayPlaces): [command: string, meaning: string][] {
  const decide: [string, string] = ['decide', 'shows a drain that is stuck, and asks what to do'];
  switch (strategy) {
    case 'blue-green':
      return [
        [
          'rollback',
          `sends all users back to ${cluster}, from the first step until it is deleted; the cutover is then asked for anew`,
        ],
      ];
    case 'surge':
      return [
        decide,
        ['rollback', 'moves Pods back to the old nodes, until the end of their group is approved'],
      ];
    case 'in-place':
      return [decide];
    default:
      return [];
  }
}

function inUi(places: StayPlaces, style: Style): string {
  const { uiUrl, namespace, taskQueue, cluster, target, requestFile } = places;
  return [
    style.title('In the Temporal UI'),
    `  ${uiUrl}/namespaces/${namespace}/workflows`,
    `  Start: ${startFormLink(uiUrl, namespace, taskQueue, upgradeWorkflowId(cluster, target))}`,
    requestFile === undefined
      ? `    with the input (encoding json/plain) ${shortRequest(places)}`
      : `    with the input (encoding json/plain) of ${requestFile}: paste or upload it`,
    '  Then open it: the tab "User Metadata" shows what is asked and the payload that answers it, by',
    '    "More Actions", "Send a Signal" or "Send an Update"',
  ].join('\n');
}

function inTemporalCli(places: StayPlaces, style: Style): string {
  const { address, binary, taskQueue, cluster, target, requestFile, strategy } = places;
  const id = upgradeWorkflowId(cluster, target);
  const at = `--address ${address} --workflow-id ${id}`;
  const input =
    requestFile === undefined ? `--input '${shortRequest(places)}'` : `--input-file ${requestFile}`;
  const gate = strategy === 'blue-green' ? 'cutover' : 'plan';
  return [
    style.title('With the Temporal CLI'),
    `  alias temporal=${binary}`,
    `  temporal workflow start ${at} \\`,
    `    --type upgradeCluster --task-queue ${taskQueue} ${input}`,
    `  temporal workflow query ${at} --type status`,
    `  temporal workflow signal ${at} --name approve \\`,
    `    --input '{"gate":"${gate}","by":"YOUR NAME","digest":"THE 8 CHARACTERS SHOWN"}'`,
    ...(strategy === 'blue-green' ? [`  temporal workflow signal ${at} --name rollback`] : []),
    "    (the digest stands in the workflow's current details in the UI, and in the answer to the query)",
  ].join('\n');
}

function usersThere({ users, cluster }: StayPlaces, style: Style): string {
  if (users === undefined) return '';
  return [
    `${style.title('The users')}, who ask all the while: every answer names the cluster that gave it`,
    `  while sleep 0.5; do curl -s ${users.address}; echo; done`,
    `    ${cluster} at first, and ${users.green} more and more from the cutover on`,
  ].join('\n');
}

function simulatedAws({ simulator }: StayPlaces, style: Style): string {
  const settings = Object.entries(simulator).map(([name, value]) => `  export ${name}=${value}`);
  return [`${style.title('The simulated AWS')}, for the AWS CLI or kubectl`, ...settings].join('\n');
}

function shortRequest({ cluster, target }: StayPlaces): string {
  return JSON.stringify({ cluster: { name: cluster }, targetVersion: target });
}
