import { behaviourAnnotations } from './behaviour.ts';
import type { Manifest } from './manifest.ts';
import type { ScenarioWorkload } from './scenario.ts';

/** The manifests that a workload in its compact form stands for: itself, its Service, its budget. */
export function manifestsOfWorkload(workload: ScenarioWorkload): Manifest[] {
  const { namespace, name, port, budget } = workload;
  const selector = { 'app.kubernetes.io/name': name };
  const labels = { ...workload.labels, ...selector };
  const metadata = { name, namespace, labels, annotations: workload.annotations };
  const manifests: Manifest[] = [];
  if (port !== undefined)
    manifests.push({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: {
        selector,
        ports: [{ name: 'main', port, targetPort: port, protocol: 'TCP' }],
        ...(workload.kind === 'StatefulSet' ? { clusterIP: 'None' } : {}),
      },
    });
  if (budget !== undefined)
    manifests.push({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace, labels },
      spec: { ...budget, selector: { matchLabels: selector } },
    });
  const template = { metadata: { labels, annotations: behaviour(workload) }, spec: podSpec(workload) };
  const base = { metadata, kind: workload.kind };
  const { replicas, maxSurge, maxUnavailable } = workload;
  const rolling = {
    ...(maxSurge === undefined ? {} : { maxSurge }),
    ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
  };
  switch (workload.kind) {
    case 'Deployment':
      manifests.push({
        ...base,
        apiVersion: 'apps/v1',
        spec: {
          replicas,
          selector: { matchLabels: selector },
          strategy: { type: 'RollingUpdate', rollingUpdate: rolling },
          template,
        },
      });
      break;
    case 'StatefulSet':
      manifests.push({
        ...base,
        apiVersion: 'apps/v1',
        spec: {
          replicas,
          serviceName: name,
          selector: { matchLabels: selector },
          template,
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: {
                accessModes: ['ReadWriteOnce'],
                storageClassName: 'gp3',
                resources: { requests: { storage: '20Gi' } },
              },
            },
          ],
        },
      });
      break;
    case 'DaemonSet':
      manifests.push({
        ...base,
        apiVersion: 'apps/v1',
        spec: {
          selector: { matchLabels: selector },
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: rolling },
          template,
        },
      });
      break;
    case 'Job':
      manifests.push({
        ...base,
        apiVersion: 'batch/v1',
        spec: {
          completions: replicas,
          template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } },
        },
      });
  }
  return manifests;
}

/** What the containers of the workload do, as annotations of its Pods. */
function behaviour(workload: ScenarioWorkload): Record<string, string> {
  const { startSeconds, stopSeconds, runSeconds, broken, kind } = workload;
  return {
    ...(startSeconds === undefined ? {} : { [behaviourAnnotations.startSeconds]: String(startSeconds) }),
    ...(stopSeconds === undefined ? {} : { [behaviourAnnotations.stopSeconds]: String(stopSeconds) }),
    ...(kind === 'Job' ? { [behaviourAnnotations.runSeconds]: String(runSeconds) } : {}),
    ...(broken ? { [behaviourAnnotations.brokenImage]: 'true' } : {}),
  };
}

function podSpec(workload: ScenarioWorkload): Record<string, unknown> {
  const { name, requests, port, emptyDir, nodeSelector, tolerations, gracePeriodSeconds } = workload;
  return {
    containers: [
      {
        name,
        image: workload.image ?? `registry.example.com/${workload.namespace}/${name}:1.0.0`,
        resources: { requests },
        ...(port === undefined ? {} : { ports: [{ name: 'main', containerPort: port, protocol: 'TCP' }] }),
        ...(emptyDir ? { volumeMounts: [{ name: 'scratch', mountPath: '/var/scratch' }] } : {}),
      },
    ],
    ...(emptyDir ? { volumes: [{ name: 'scratch', emptyDir: {} }] } : {}),
    ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
    ...(tolerations.length > 0 ? { tolerations } : {}),
    ...(gracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds: gracePeriodSeconds }),
  };
}
