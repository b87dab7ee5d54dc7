import { sleep } from '@temporalio/workflow';
import type { EvidenceReference } from '../../contract/evidence.ts';
import type { WaitKind } from '../../contract/status.ts';
import { perform } from '../activities.ts';
import { steadily } from '../steadily.ts';
import { HoldDecided, holdQuestion } from './holdDecision.ts';
import type { HoldChoice } from './holdDecision.ts';
import type { Roll } from './roll.ts';

/**
 * After a wave: the owners of the evicted Pods are as well as before (rule 8), and the request's guards hold. While one
 * does not, nothing more is drained: it waits by name, looks again, and a person may decide.
 *
 * @throws HoldDecided when that is to end the roll
 */
export async function verifyWave(roll: Roll, owners: readonly EvidenceReference[]): Promise<void> {
  for (const reference of owners) {
    if (reference.count > 0) await ownersWell(roll, reference);
  }
  await guardsHold(roll);
}

async function ownersWell(roll: Roll, owners: EvidenceReference): Promise<void> {
  const { context, baseline } = roll.input;
  // A root that is older than this strategy gives none; it could not have planned it.
  if (baseline === undefined) return;
  const look = async (settleMs: number) => {
    const { well, newlyBroken } = await steadily(roll.run, () =>
      perform('verifyOwners', 'Are the owners of the evicted Pods as well as before?', {
        context,
        baseline,
        owners,
        settleMs,
        pollMs: roll.limit('pollInterval'),
      }),
    );
    return well ? [] : newlyBroken;
  };
  await untilRight(roll, {
    wait: 'workloads',
    about: 'hold',
    what: 'Workloads that were well before this wave are broken',
    problems: await look(roll.limit('settleTimeout')),
    look: () => look(0),
    againMs: roll.run.reconnectMs,
  });
}

/** Looks at every guard of the request; one that can't be known does not hold (rule 11). */
export async function guardsHold(roll: Roll): Promise<void> {
  const { context, request } = roll.input;
  if (request.guards.length === 0) return;
  const look = async () => {
    const { results } = await steadily(roll.run, () =>
      perform('checkGuards', 'Do the guards hold?', { context, guards: request.guards }),
    );
    return results
      .filter(({ state }) => state !== 'holds')
      .map(
        ({ name, state, why }) => `guard "${name}" ${state === 'fails' ? 'fails' : "can't be known"}: ${why}`,
      );
  };
  await untilRight(roll, {
    wait: 'guard',
    about: 'guard',
    what: 'Guards do not hold',
    problems: await look(),
    look,
    againMs: roll.limit('guardInterval'),
  });
}

interface Wrong {
  wait: WaitKind;
  about: 'hold' | 'guard';
  what: string;
  problems: string[];
  look: () => Promise<string[]>;
  againMs: number;
}

/** Holds until nothing is wrong, or a person has said what then. `forward` accepts it as it is. */
export async function untilRight(roll: Roll, wrong: Wrong): Promise<void> {
  if (wrong.problems.length === 0) return;
  const text = `${wrong.what}: ${wrong.problems.join('; ')}`;
  roll.run.note(text);
  roll.run.beginWait(wrong.wait, `${text}. The roll goes on when that is mended.`);
  try {
    const outcome = await roll.questions.ask(
      holdQuestion(roll, wrong.about, [`${wrong.what}:`, ...wrong.problems.map((line) => `- ${line}`)]),
      async () => {
        do await sleep(wrong.againMs, { summary: 'before the next look' });
        while ((await wrong.look()).length > 0);
      },
    );
    if (!('answer' in outcome)) return;
    const { decision, by } = outcome.answer;
    if (decision !== 'forward') throw new HoldDecided(decision as HoldChoice, text);
    roll.run.note(`Accepted by ${by ?? 'default'}: ${wrong.problems.join('; ')}`);
  } finally {
    roll.run.endWait(wrong.wait);
  }
}
