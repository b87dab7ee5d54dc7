/** What ends a command that would otherwise go on for ever. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Catches the signals that ask a process to stop, so that it can clean up. A second one ends it at once: what it has
 * started sees to its own end then.
 *
 * @returns a signal that aborts when the process is told to stop, and what gives the signals back
 */
export function untilTold(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    controller.abort(new Error(`told to stop (${name})`));
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
