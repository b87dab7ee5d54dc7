import { profileOf } from '../../tools/profiles/index.ts';
import { releaseName, toolSetting } from './toolFinding.ts';
import type { ToolCheck, ToolFinding } from './toolFinding.ts';

/**
 * Who else keeps the tool as it is. What Git keeps is changed in Git: whatever is changed beside it is taken back. And
 * Argo CD is never deployed by Argo CD (rule 10).
 */
export const toolManaged: ToolCheck = (observed) => {
  const { wanted, installed, chosen } = observed;
  const { by, manager, managesItself, seenOn } = installed.management;
  const { title } = profileOf(wanted.name);
  const to = chosen?.version ?? 'the new version';
  const found = (severity: ToolFinding['severity'], message: string, remedy: string): ToolFinding[] => [
    {
      check: 'tool-managed',
      severity,
      message,
      remedy,
      sources: seenOn.length === 0 ? ['Kubernetes: workloads'] : seenOn,
    },
  ];
  if (managesItself === true) {
    return found(
      'blocker',
      `${title} manages itself: its Application ${manager ?? ''} has its own workloads among its resources. A sync that goes wrong takes away the very thing that could mend it.`,
      `Take ${title} out of Git's hands first: delete that Application without its resources (argocd app delete ${nameOf(manager)} --cascade=false), give its release to Helm (stepladder tool install ${wanted.name}), and plan again. From then on it is deployed from here or from CI.`,
    );
  }
  switch (by) {
    case 'argo-cd': {
      if (wanted.awaitGit && manager !== undefined) {
        return found(
          'info',
          `${title} is kept by Argo CD (Application ${manager}): nothing is changed here, and the upgrade waits until Git has brought it to ${to}.`,
          `Set the chart's version to ${to} in Git, for Application ${manager}.`,
        );
      }
      return found(
        'blocker',
        `${title} is kept by Argo CD (${manager === undefined ? 'by which Application is not known' : `Application ${manager}`}), which would take back whatever is changed here.`,
        manager === undefined
          ? 'Find the Application that has it, and change its version in Git; then leave the tool out of the request.'
          : `Set its version to ${to} in Git: spec.source.targetRevision of Application ${manager}, or the chart's version where that Application reads it. To have the upgrade wait for it: ${toolSetting(observed, { awaitGit: true })}.`,
      );
    }
    case 'flux':
      return found(
        'blocker',
        `${title} is kept by Flux (${manager ?? 'by what is not known'}), which would take back whatever is changed here${wanted.awaitGit ? '; only Argo CD can be waited for' : ''}.`,
        `Set its version to ${to} in Git (spec.chart.spec.version of its HelmRelease), and leave the tool out of the request.`,
      );
    case 'manifests':
      return found(
        'blocker',
        `${title} runs in the cluster without a Helm release ${releaseName(observed)}: it was installed from plain manifests, and Helm does not take over what it has not made.`,
        `Name its release, if it has another (${toolSetting(observed, { release: '…', namespace: '…' })}); otherwise give its objects to Helm (helm upgrade --install --take-ownership), and plan again.`,
      );
    case 'helm':
    case 'nobody':
      return [];
  }
};

/** `external-dns` of `argocd/external-dns`. */
function nameOf(manager: string | undefined): string {
  return manager?.split('/').at(-1) ?? '…';
}
