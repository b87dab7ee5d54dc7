import type { Client } from '@temporalio/client';
import { gateTitle } from '../../contract/gateText.ts';
import type { GateRecord } from '../../contract/status.ts';
import type { Sighting } from '../following/sighting.ts';
import { sendAnswer } from '../messages/sendAnswer.ts';
import { gateQuestion, openGate } from '../rendering/gateView.ts';
import { styleOf } from '../rendering/style.ts';
import { confirm } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

export interface GateKeeper {
  /** Answers the gate that is open, if it has not been answered yet. */
  attend(sighting: Sighting): Promise<void>;
}

/**
 * Answers the demo's gates: asks the person at the terminal, or approves by itself and says so.
 *
 * @param ask false where nobody is there to be asked, or with --yes
 * @param beforeAsking called before anything is written for the person
 */
export function createGateKeeper(
  client: Client,
  terminal: Terminal,
  options: { ask: boolean; by: string; beforeAsking: () => void; signal: AbortSignal },
): GateKeeper {
  const { ask, by, beforeAsking, signal } = options;
  const answered = new Set<string>();

  const answer = async (workflowId: string, gate: GateRecord) => {
    const payload = { gate: gate.gate, digest: gate.digest };
    beforeAsking();
    if (!ask) {
      terminal.note(`The demo approves ${gateTitle(gate)} by itself (digest ${gate.digest.slice(0, 8)}).`);
      await sendAnswer(client, workflowId, 'approve', { ...payload, by: 'demo' });
      return;
    }
    terminal.note(gateQuestion(gate, styleOf(terminal.colors.err), terminal.columns));
    const yes = await confirm(terminal, `Approve ${gateTitle(gate)}?`, { orNothing: false, signal });
    if (yes) await sendAnswer(client, workflowId, 'approve', { ...payload, by });
    else await sendAnswer(client, workflowId, 'reject', { ...payload, by, comment: 'said no in the demo' });
  };

  return {
    async attend({ workflowId, status, ending }) {
      if (status === undefined || ending !== undefined) return;
      const gate = openGate(status);
      if (gate === undefined || answered.has(gate.digest)) return;
      answered.add(gate.digest);
      await answer(workflowId, gate);
    },
  };
}
