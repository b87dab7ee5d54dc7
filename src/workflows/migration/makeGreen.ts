import type { ClusterContext } from '../../activities/types.ts';
import { perform } from '../activities.ts';
import { failure } from '../failures.ts';
import { steadily } from '../steadily.ts';
import type { MigrationRun } from './migrationRun.ts';
import { removeGreen } from './removeGreen.ts';

/** Green as a cluster: control plane, who may enter, whom roles trust, add-ons, nodes. */
export async function makeGreen(run: MigrationRun): Promise<void> {
  await run.inStage('green-cluster', async (status) => {
    run.detail(status, `making ${run.stage('green-cluster').cluster}`);
    await run.greenIs(await createdGreen(run));
    await letIn(run);
    run.detail(status, `${run.sides.green.cluster.name} is ACTIVE`);
  });
  // Nodes are Ready only with the network's add-on, and some add-ons are well only with nodes: both are made, then awaited.
  await run.inStage('green-add-ons', async (status) => {
    const stage = run.stage('green-add-ons');
    const { made } = await steadily(run.state, () =>
      perform('createGreenAddons', `Create the add-ons of ${stage.cluster}`, {
        sides: run.sides,
        stage,
        madeBy: run.madeBy,
      }),
    );
    run.detail(status, `${made} made, ${stage.addons.length - made} were there`);
  });
  await run.inStage('green-workers', async (status) => {
    await makeNodes(run);
    await awaitAddons(run);
    const { nodeGroups } = run.stage('green-workers');
    run.detail(status, `Ready: ${nodeGroups.map(({ name, size }) => `${name} ${size.desired}`).join(', ')}`);
  });
}

/** @throws ApplicationFailure `UpdateFailed` when the platform gives it up as often as the request lets it be tried */
async function createdGreen(run: MigrationRun): Promise<ClusterContext> {
  const stage = run.stage('green-cluster');
  const { tries } = run.request.controlPlane;
  for (let attempt = 1; ; attempt++) {
    if (stage.create) {
      run.owe('removeGreenCluster', `cluster ${stage.cluster}, made for the migration`);
      await steadily(run.state, () =>
        perform('createGreenCluster', `Create cluster ${stage.cluster} at ${stage.to}`, {
          blue: run.blue,
          stage,
          madeBy: run.madeBy,
          runId: run.runId,
          attempt,
        }),
      );
    }
    const outcome = await untilActive(run);
    if (outcome.state === 'active') return outcome.context;
    const message = `EKS could not make cluster ${stage.cluster}: ${outcome.line}`;
    if (!stage.create || attempt >= tries) throw failure('UpdateFailed', message);
    run.state.note(`${message} It is removed and made once more.`, run.place('green-cluster'));
    await removeGreen(run);
    await run.checkpoint();
  }
}

async function untilActive(
  run: MigrationRun,
): Promise<{ state: 'active'; context: ClusterContext } | { state: 'failed'; line: string }> {
  const { cluster } = run.stage('green-cluster');
  const at = run.place('green-cluster');
  run.state.beginWait(
    'green',
    `EKS is making cluster ${cluster}; that takes some ten minutes.`,
    undefined,
    at,
  );
  try {
    for (;;) {
      const seen = await steadily(run.state, () =>
        perform('awaitGreenCluster', `Wait until ${cluster} is ACTIVE`, {
          blue: run.blue,
          cluster,
          timeoutMs: run.limit('controlPlaneTimeout'),
          pollMs: run.limit('pollInterval'),
        }),
      );
      if (seen.state === 'active') {
        const { reference, identity } = seen;
        return {
          state: 'active',
          context: { cluster: reference, identity, evidencePrefix: run.blue.evidencePrefix },
        };
      }
      if (seen.state === 'failed') return { state: 'failed', line: seen.line };
      run.state.note(
        `After ${run.request.timing.controlPlaneTimeout}: ${seen.line}. Its end is waited for.`,
        at,
      );
    }
  } finally {
    run.state.endWait('green', at);
  }
}

async function letIn(run: MigrationRun): Promise<void> {
  const stage = run.stage('green-cluster');
  const { sides, madeBy } = run;
  if (stage.accessEntries.length + stage.podIdentities.length > 0) {
    await steadily(run.state, () =>
      perform('grantGreenAccess', `Let the same people and Pods into ${stage.cluster}`, {
        sides,
        stage,
        madeBy,
      }),
    );
  }
  run.owe('distrustGreen', `what tells IAM to trust ${stage.cluster}`);
  const { changed } = await steadily(run.state, () =>
    perform('trustGreen', `Have the roles of Pods trust ${stage.cluster}`, { sides, stage, madeBy }),
  );
  if (changed.length > 0) {
    run.state.note(`IAM now trusts ${stage.cluster}: ${changed.join(', ')}.`, run.place('green-cluster'));
  }
}

async function makeNodes(run: MigrationRun): Promise<void> {
  const stage = run.stage('green-workers');
  const at = run.place('green-workers');
  const { sides, madeBy, runId } = run;
  await steadily(run.state, () =>
    perform('createGreenNodeGroups', `Create the node groups of ${stage.cluster}`, {
      sides,
      stage,
      madeBy,
      runId,
    }),
  );
  const timeoutMs = run.limit('nodesTimeout');
  const nodes = stage.nodeGroups.reduce((sum, { size }) => sum + size.desired, 0);
  run.state.beginWait(
    'nodes',
    `${nodes} nodes of ${stage.cluster} have to join and be Ready.`,
    new Date(Date.now() + timeoutMs).toISOString(),
    at,
  );
  try {
    await Promise.all(
      stage.nodeGroups.map(async ({ name, size }) => {
        const { state, ready, problems } = await steadily(run.state, () =>
          perform('awaitNodeGroupNodes', `Wait for ${size.desired} Ready nodes of ${name}`, {
            context: sides.green,
            nodeGroup: name,
            nodes: size.desired,
            version: stage.to,
            timeoutMs,
            pollMs: run.limit('pollInterval'),
          }),
        );
        if (state === 'ready') return;
        const why = problems.length === 0 ? '' : ` ${problems.join('; ')}`;
        throw failure(
          'NodesMissing',
          state === 'failed'
            ? `Node group ${name} of ${stage.cluster} does not get its nodes (${ready} of ${size.desired} Ready).${why}`
            : `Only ${ready} of ${size.desired} nodes of ${name} of ${stage.cluster} were Ready within ${run.request.timing.nodesTimeout}.${why}`,
        );
      }),
    );
  } finally {
    run.state.endWait('nodes', at);
  }
}

async function awaitAddons(run: MigrationRun): Promise<void> {
  const stage = run.find('green-add-ons');
  if (stage === undefined) return;
  const at = run.place('green-workers');
  for (;;) {
    const { state, problems } = await steadily(run.state, () =>
      perform('awaitGreenAddons', `Wait until the add-ons of ${stage.cluster} are ACTIVE`, {
        green: run.sides.green,
        stage,
        timeoutMs: run.limit('addonTimeout'),
        pollMs: run.limit('pollInterval'),
      }),
    );
    if (state === 'active') break;
    const message = `The add-ons of ${stage.cluster} are not ACTIVE: ${problems.join('; ')}`;
    if (state === 'failed') throw failure('UpdateFailed', message);
    run.state.beginWait('green', `${message}. Their end is waited for.`, undefined, at);
  }
  run.state.endWait('green', at);
}
