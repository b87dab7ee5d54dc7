import {
  compareInventories,
  describeMissing,
  inventory,
  inventoryEntrySchema,
} from '../kubernetes/inventory.ts';
import type { InventoryEntry, InventoryProgress } from '../kubernetes/inventory.ts';
import type { EvidenceReference } from '../contract/evidence.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { keep, keyOfMoment } from './evidence.ts';
import { activityScope, heartbeating } from './scope.ts';
import type { Activities } from './types.ts';

/** Lines that stand in a verdict at most; the evidence has all. */
const shownLines = 20;

/** What is in the cluster before and after its control plane is replaced (rule 5). */
export function inventoryActivities({
  clusters,
  evidence,
  now,
}: Pick<ActivityDependencies, 'clusters' | 'evidence' | 'now'>): Pick<
  Activities,
  'takeInventory' | 'compareInventories'
> {
  return {
    async takeInventory({ context, name }) {
      const { signal } = activityScope();
      let progress: InventoryProgress | undefined;
      return heartbeating(
        async () => {
          const { kubernetes } = await clusters.open(context, signal);
          const entries = inventory(kubernetes, signal, (at) => (progress = at));
          const key = `${context.evidencePrefix}/${name}-${keyOfMoment(now())}`;
          return evidence.writeLines(name, key, entries);
        },
        () => ({
          line:
            progress === undefined
              ? 'asking what the cluster serves'
              : `${progress.objects} objects, ${progress.resources} of ${progress.ofResources} kinds`,
        }),
      );
    },

    async compareInventories({ context, before, after, from, to }) {
      return heartbeating(async () => {
        // Nothing is asked of the cluster here: what was recorded of it is compared.
        const result = await compareInventories(entriesOf(evidence, before), entriesOf(evidence, after), {
          from,
          to,
        });
        const { missing, excepted, compared, unseen } = result;
        return {
          missing: missing.slice(0, shownLines).map(describeMissing),
          missingCount: missing.length,
          exceptedCount: excepted.length,
          comparedCount: compared,
          unseen: unseen.slice(0, shownLines),
          unseenCount: unseen.length,
          evidence: await keep(
            evidence,
            context.evidencePrefix,
            `inventory-comparison-${to}`,
            result,
            missing.length + excepted.length + unseen.length,
          ),
        };
      });
    },
  };
}

async function* entriesOf(
  store: EvidenceStore,
  reference: EvidenceReference,
): AsyncGenerator<InventoryEntry> {
  for await (const line of store.readLines(reference)) yield inventoryEntrySchema.parse(line);
}
