import { z } from 'zod';
import type { NodeTerm, PodPlacement, PodTerm, SpreadConstraint } from '../plan/fit/types.ts';
import { labelSelectorSchema, requirementSchema } from './labelSelectorSchema.ts';
import { podRequests, requestingContainerSchema, requestingSpecFields } from './podRequests.ts';

const nodeTermSchema = z
  .object({
    matchExpressions: z.array(requirementSchema).nullish(),
    matchFields: z.array(requirementSchema).nullish(),
  })
  .transform(({ matchExpressions, matchFields }): NodeTerm => ({
    ...(matchExpressions ? { labels: matchExpressions } : {}),
    ...(matchFields ? { fields: matchFields } : {}),
  }));

/** A required node affinity, of a Pod or of a PersistentVolume. */
export const nodeTermsSchema = z.object({ nodeSelectorTerms: z.array(nodeTermSchema).default([]) });

const podTermsSchema = z
  .object({
    requiredDuringSchedulingIgnoredDuringExecution: z
      .array(
        z.object({
          topologyKey: z.string(),
          labelSelector: labelSelectorSchema.nullish(),
          namespaces: z.array(z.string()).nullish(),
          namespaceSelector: z.unknown().optional(),
        }),
      )
      .nullish(),
  })
  .nullish();

const spreadSchema = z.object({
  topologyKey: z.string(),
  maxSkew: z.number(),
  whenUnsatisfiable: z.string(),
  labelSelector: labelSelectorSchema.nullish(),
  matchLabelKeys: z.array(z.string()).nullish(),
});

const containerSchema = requestingContainerSchema.extend({
  ports: z
    .array(
      z.object({
        hostPort: z.number().optional(),
        protocol: z.string().optional(),
        hostIP: z.string().optional(),
      }),
    )
    .nullish(),
});

/** What of a Pod's spec decides where it may run. */
export const placementSpecSchema = z.object({
  ...requestingSpecFields,
  containers: z.array(containerSchema).default([]),
  nodeSelector: z.record(z.string(), z.string()).nullish(),
  tolerations: z
    .array(
      z.object({
        key: z.string().exactOptional(),
        operator: z.string().exactOptional(),
        value: z.string().exactOptional(),
        effect: z.string().exactOptional(),
      }),
    )
    .nullish(),
  affinity: z
    .object({
      nodeAffinity: z
        .object({ requiredDuringSchedulingIgnoredDuringExecution: nodeTermsSchema.nullish() })
        .nullish(),
      podAffinity: podTermsSchema,
      podAntiAffinity: podTermsSchema,
    })
    .nullish(),
  topologySpreadConstraints: z.array(spreadSchema).nullish(),
});

/**
 * A Pod's placement without its volumes'.
 *
 * A term with a selector of namespaces is taken to be about all of them: what namespaces are labelled is not looked
 * up, and too much room is asked for rather than too little.
 */
export function placementOf(
  labels: Record<string, string>,
  spec: z.infer<typeof placementSpecSchema>,
): PodPlacement {
  const { nodeSelector, tolerations, affinity, topologySpreadConstraints } = spec;
  const nodeAffinity =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const podAffinity = podTerms(affinity?.podAffinity);
  const podAntiAffinity = podTerms(affinity?.podAntiAffinity);
  const spread = (topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
    .map((constraint) => spreadOf(labels, constraint));
  const hostPorts = spec.containers.flatMap(({ ports }) =>
    (ports ?? []).flatMap(({ hostPort, protocol = 'TCP', hostIP = '' }) =>
      hostPort === undefined ? [] : [`${protocol}:${hostIP === '' ? '' : `${hostIP}:`}${hostPort}`],
    ),
  );
  return {
    labels,
    requests: podRequests(spec),
    ...(nodeSelector ? { nodeSelector } : {}),
    ...(nodeAffinity === undefined ? {} : { nodeAffinity }),
    ...(tolerations && tolerations.length > 0 ? { tolerations } : {}),
    ...(podAffinity.length > 0 ? { podAffinity } : {}),
    ...(podAntiAffinity.length > 0 ? { podAntiAffinity } : {}),
    ...(spread.length > 0 ? { spread } : {}),
    ...(hostPorts.length > 0 ? { hostPorts } : {}),
  };
}

function podTerms(terms: z.infer<typeof podTermsSchema>): PodTerm[] {
  return (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(
    ({ topologyKey, labelSelector, namespaces, namespaceSelector }) => {
      const named =
        namespaceSelector !== undefined && namespaceSelector !== null ? ['*'] : (namespaces ?? []);
      return {
        topologyKey,
        ...(labelSelector ? { selector: labelSelector } : {}),
        ...(named.length > 0 ? { namespaces: named } : {}),
      };
    },
  );
}

/** `matchLabelKeys` narrow the selector to Pods with the same values as this one. */
function spreadOf(
  labels: Record<string, string>,
  { topologyKey, maxSkew, labelSelector, matchLabelKeys }: z.infer<typeof spreadSchema>,
): SpreadConstraint {
  const narrowed = (matchLabelKeys ?? []).flatMap((key) => {
    const value = labels[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  const matchLabels = { ...labelSelector?.matchLabels, ...Object.fromEntries(narrowed) };
  return {
    topologyKey,
    maxSkew,
    ...(labelSelector
      ? { selector: { ...labelSelector, ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}) } }
      : {}),
  };
}
