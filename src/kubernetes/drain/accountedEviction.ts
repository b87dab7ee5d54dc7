import type { EvictionAccount } from '../watching/evictionAccount.ts';
import type { WatchedPod } from '../watching/watchedPod.ts';
import type { EvictionAnswer } from './evict.ts';
import { whoRefuses } from './gates.ts';
import type { Gate } from './gates.ts';

/**
 * Sends an eviction on the account that all drains of the process share: what it takes of a budget is taken before, and
 * given back when the answer is that it took nothing.
 *
 * @param takes whether it uses up some of the budget
 * @throws what `send` throws
 */
export async function accountedEviction(
  account: EvictionAccount,
  { pod, gate, takes }: { pod: WatchedPod; gate: Gate; takes: boolean },
  send: () => Promise<EvictionAnswer>,
): Promise<EvictionAnswer> {
  // As they are now: a change in the meantime is what a refused eviction waits for.
  const before = whoRefuses(pod, gate, takes);
  if (takes) account.take(gate.key, pod);
  try {
    const answer = await send();
    if (answer.state === 'granted') account.granted(gate.key, pod.uid);
    else account.giveBack(gate.key, pod.uid);
    if (answer.state === 'refused' || answer.state === 'changed') account.refused(before.key, before.version);
    return answer;
  } catch (error) {
    // It may have been granted all the same: what is watched will tell.
    account.granted(gate.key, pod.uid);
    throw error;
  }
}
