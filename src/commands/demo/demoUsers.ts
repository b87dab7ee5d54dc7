import type { LoadCount } from '../../../elb-api/index.ts';
import type { Sighting } from '../following/sighting.ts';
import type { Style } from '../rendering/style.ts';
import type { Terminal } from '../terminal.ts';

/** What the demo's users see of a migration. */
export interface DemoUsers {
  /** Where they ask. */
  address: string;
  /** What they have seen so far. */
  count(): LoadCount;
  /** Sends them home, and waits for what they have asked. */
  stop(): Promise<void>;
}

/** Tells of the users whenever they have been sent elsewhere, and at the end; nothing where there are none. */
export function tellOfUsers(
  users: DemoUsers | undefined,
  terminal: Pick<Terminal, 'note'>,
  style: Style,
): {
  /** @param beforeTelling called before anything is written */
  see: (sighting: Sighting, beforeTelling: () => void) => void;
  /** No more are sent, and what is under way is waited for. */
  goHome: () => Promise<void>;
  /** @returns whether no request has failed */
  tellEnd: () => boolean;
} {
  let moves = 0;
  return {
    see({ status }, beforeTelling) {
      const made = status?.migration?.moves.length ?? 0;
      if (users === undefined || made === moves) return;
      moves = made;
      beforeTelling();
      terminal.note(style.faint(`Users so far: ${usersLine(users.count())}.`));
    },
    async goHome() {
      await users?.stop();
    },
    tellEnd() {
      if (users === undefined) return true;
      const count = users.count();
      const isWell = count.failed === 0 && count.answered > 0;
      const line = `Users of ${users.address} all the while: ${usersLine(count)}.`;
      terminal.note(isWell ? style.good(line) : style.bad(line));
      for (const { at, why } of count.failures) terminal.note(`  ${at} ${why}`);
      return isWell;
    },
  };
}

/** `3,412 requests, 0 failed; answered by demo 1,502, by demo-green 1,910`. */
export function usersLine({ answered, failed, byCluster }: LoadCount): string {
  const answers = Object.entries(byCluster).map(([cluster, count]) => `by ${cluster} ${inWords(count)}`);
  const by = answers.length === 0 ? '' : `; answered ${answers.join(', ')}`;
  return `${inWords(answered + failed)} requests, ${inWords(failed)} failed${by}`;
}

const inWords = (count: number): string => count.toLocaleString('en-US');
