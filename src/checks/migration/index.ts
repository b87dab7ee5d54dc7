import type { Check } from '../check.ts';
import { argoCdSource } from './argoCd.ts';
import { blueState } from './blueState.ts';
import { notCopied } from './blueprint.ts';
import { greenAddonVersions } from './greenAddons.ts';
import { greenAddresses } from './greenAddresses.ts';
import { greenNameTaken } from './greenName.ts';
import { greenNodes } from './greenNodes.ts';
import { greenTools } from './greenTools.ts';
import { ofMigration } from './migrationCheck.ts';
import { probes } from './probes.ts';
import { copiedResources } from './resources.ts';
import { roles } from './roles.ts';
import { routing } from './routing.ts';
import { singletons } from './singletons.ts';
import { sources } from './sources.ts';
import { twoClusters } from './twoClusters.ts';
import { unseenForMigration } from './unseen.ts';
import { insightsOfUse, unansweredWebhooks } from './usedApis.ts';
import { volumes } from './volumes.ts';

/** Every check that a migration has besides those that it shares with upgrades. Another one is a file and a line here. */
export const migrationChecks: readonly Check[] = [
  ...[
    blueState,
    greenNameTaken,
    notCopied,
    greenAddonVersions,
    greenNodes,
    greenAddresses,
    greenTools,
    roles,
    copiedResources,
    argoCdSource,
    sources,
    volumes,
    singletons,
    probes,
    routing,
    twoClusters,
    unseenForMigration,
  ].map(ofMigration),
  insightsOfUse,
  unansweredWebhooks,
];
