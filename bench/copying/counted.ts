import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';

/** A connection that counts what it is asked; `taken` says how much since it last said so. */
export function counted(connection: KubernetesConnection): {
  connection: KubernetesConnection;
  taken: () => number;
} {
  let requests = 0;
  const counting =
    <Arguments extends unknown[], Result>(call: (...args: Arguments) => Result) =>
    (...args: Arguments): Result => {
      requests += 1;
      return call(...args);
    };
  return {
    connection: {
      getJson: counting((path, options) => connection.getJson(path, options)),
      postReview: counting((path, review, options) => connection.postReview(path, review, options)),
      readLinesAfresh: counting((path, begin, options) => connection.readLinesAfresh(path, begin, options)),
      change: counting((method, path, options) => connection.change(method, path, options)),
      watch: counting((path, options) => connection.watch(path, options)),
      knock: counting((path, timeoutMs, signal) => connection.knock(path, timeoutMs, signal)),
      askThrough: counting((path, question, signal) => connection.askThrough(path, question, signal)),
      makeApiClient: (api) => connection.makeApiClient(api),
      identity: () => connection.identity(),
      forPrograms: () => connection.forPrograms(),
      close: () => connection.close(),
    },
    taken: () => {
      const taken = requests;
      requests = 0;
      return taken;
    },
  };
}
