import { Watch } from '@kubernetes/client-node';
import type { KubeConfig, KubernetesObject } from '@kubernetes/client-node';
import { onTestFinished } from 'vitest';

export interface SeenEvent {
  type: string;
  object: KubernetesObject;
}

export interface RunningWatch {
  /** Resolves with the next event; rejects when the watch ends first. */
  next: () => Promise<SeenEvent>;
  /** Resolves with what the watch ended with: null for an orderly end. */
  ended: Promise<unknown>;
}

/** Watches with the client library. */
export async function watch(
  config: KubeConfig,
  path: string,
  query: Record<string, string | number | boolean> = {},
): Promise<RunningWatch> {
  const events: SeenEvent[] = [];
  const waiting: { resolve: (event: SeenEvent) => void; reject: (reason: Error) => void }[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
  let over = false;
  const controller = await new Watch(config).watch(
    path,
    query,
    (type: string, object: KubernetesObject) => {
      const waiter = waiting.shift();
      if (waiter === undefined) events.push({ type, object });
      else waiter.resolve({ type, object });
    },
    (error: unknown) => {
      over = true;
      end(error);
      for (const { reject } of waiting) reject(new Error(`the watch ended: ${String(error)}`));
    },
  );
  onTestFinished(() => controller.abort());
  const next = (): Promise<SeenEvent> => {
    const event = events.shift();
    if (event !== undefined) return Promise.resolve(event);
    if (over) return Promise.reject(new Error('the watch has ended'));
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
  return { next, ended };
}
