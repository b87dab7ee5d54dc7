import type { Style } from '../rendering/style.ts';
import { startFormLink } from '../starting/temporalUi.ts';

export interface StayPlaces {
  address: string;
  namespace: string;
  uiUrl: string;
  taskQueue: string;
  cluster: string;
  target: string;
  evidenceFolder: string;
  /** The environment that leads AWS clients to the simulator. */
  simulator: Readonly<Record<string, string>>;
}

/** What can be tried with a demo that stays up: every command as it can be pasted. */
export function stayText(places: StayPlaces, style: Style): string {
  const { address, namespace, uiUrl, taskQueue, cluster, target, simulator, evidenceFolder } = places;
  const input = JSON.stringify({ cluster: { name: cluster }, targetVersion: target });
  const workflowId = `upgrade-${cluster}-${target}`;
  return `${style.title(`Cluster ${cluster} is up, and nothing is started. Ctrl-C ends everything.`)}

${style.title('In the Temporal UI')}
  ${uiUrl}/namespaces/${namespace}/workflows
  Start an upgrade: ${startFormLink(uiUrl, namespace, taskQueue)}
    with any workflow ID, and as input (encoding json/plain): ${input}

${style.title('With the Temporal CLI')}
  temporal workflow start --address ${address} --type upgradeCluster --task-queue ${taskQueue} \\
    --workflow-id ${workflowId} --input '${input}'
  temporal workflow query --address ${address} --workflow-id ${workflowId} --type status
  temporal workflow signal --address ${address} --workflow-id ${workflowId} --name approve \\
    --input '{"gate":"plan","by":"YOUR NAME","digest":"THE 8 CHARACTERS SHOWN"}'
    (the digest stands in the workflow's current details in the UI, and in the answer to the query)

${style.title('With this command line')}
  export TEMPORAL_ADDRESS=${address}
  npm run stepladder -- start --cluster ${cluster} --target ${target} --watch
  npm run stepladder -- approve
  npm run stepladder -- report --evidence ${evidenceFolder}

${style.title('The simulated AWS')}, for the AWS CLI or kubectl
${Object.entries(simulator)
  .map(([name, value]) => `  export ${name}=${value}`)
  .join('\n')}`;
}
