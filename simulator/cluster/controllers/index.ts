import type { ControllerContext } from './context.ts';
import { startCustomResourceDefinitionController } from './customResourceDefinition.ts';
import { startDaemonSetController } from './daemonSet.ts';
import { startDeploymentController } from './deployment.ts';
import { startDisruptionController } from './disruption.ts';
import { startEndpointsController } from './endpoints.ts';
import { startGarbageCollector } from './garbageCollector.ts';
import { startJobController } from './job.ts';
import type { KubeletOptions, Kubelets } from './kubelet.ts';
import { startKubelets } from './kubelet.ts';
import { startNamespaceController } from './namespace.ts';
import { startNodeLifecycleController } from './nodeLifecycle.ts';
import { startReplicaSetController } from './replicaSet.ts';
import { startScheduler } from './scheduler.ts';
import { startStatefulSetController } from './statefulSet.ts';

/** Starts every controller, on an empty store. */
export function startControllers(
  context: ControllerContext,
  options: KubeletOptions & { certificateAuthorityPem(): string },
): Kubelets {
  startNamespaceController(context, options);
  startCustomResourceDefinitionController(context);
  startGarbageCollector(context);
  startScheduler(context);
  startNodeLifecycleController(context);
  startDeploymentController(context);
  startReplicaSetController(context);
  startStatefulSetController(context);
  startDaemonSetController(context);
  startJobController(context);
  startDisruptionController(context);
  startEndpointsController(context);
  return startKubelets(context, options);
}
