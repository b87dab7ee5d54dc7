import { Agent, request } from 'undici';
import { eventually } from '../processes/patience.ts';

/** A Kubernetes document, as far as cases look into it. */
export interface Document {
  [field: string]: unknown;
  kind?: string;
  apiVersion?: string;
  code?: number;
  reason?: string;
  message?: string;
  details?: {
    name?: string;
    kind?: string;
    group?: string;
    causes?: { reason?: string; message?: string }[];
    retryAfterSeconds?: number;
  };
  metadata: {
    [field: string]: unknown;
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    finalizers?: string[];
    continue?: string;
    remainingItemCount?: number;
    ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  };
  items: Document[];
  // Cases look at single fields of many kinds; each test says itself what it expects there.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  spec: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  status: any;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** An empty object for what is no JSON. */
  json: Document;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RequestOptions {
  body?: unknown;
  contentType?: string;
  accept?: string;
  /** Another bearer token; null for none. */
  token?: string | null;
}

/** The simulator's way of saying that it does not do that. */
export class NotImplemented extends Error {
  override readonly name = 'NotImplemented';
}

/**
 * A cluster that the cases are run on: the simulator's, or the lab's. As kubectl does it keeps one connection, behind which
 * is one API server; only watches have others.
 */
export interface ContractCluster {
  /** A namespace of the case's own. */
  namespace: string;
  request(method: Method, path: string, options?: RequestOptions): Promise<Answer>;
  /** Creates an object and expects it to be taken. */
  create(path: string, object: object): Promise<Document>;
  get(path: string): Promise<Document>;
  /** Waits until the object at the path is as wanted. */
  until(path: string, what: string, wanted: (answer: Answer) => boolean): Promise<Document>;
  /** Reads a watch until it has shown enough, or the server ends it. */
  watch(path: string, enough: (events: WatchEvent[]) => boolean): Promise<WatchEvent[]>;
  /** Brings the control plane to the next minor version. Only the last cases do. */
  upgrade(to: string): Promise<void>;
  /** Closes its connections. */
  close(): Promise<void>;
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: Document;
}

/** What a served cluster is reached by. */
export interface ServedCluster {
  url: string;
  certificateAuthorityPem: string;
  token: string;
  upgrade(to: string): Promise<void>;
  close(): Promise<void>;
}

/** It ends what hangs. */
const untilLimitMs = 120_000;

/** A case's view of a cluster. Answers of 501 end the case with NotImplemented. */
export function contractCluster(served: ServedCluster, namespace: string): ContractCluster {
  const connect = { ca: served.certificateAuthorityPem };
  const agent = new Agent({ connect, connections: 1 });
  const watchAgent = new Agent({ connect });
  const headersOf = ({ contentType, accept, token, body }: RequestOptions): Record<string, string> => ({
    accept: accept ?? 'application/json',
    ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
    ...(token === null ? {} : { authorization: `Bearer ${token ?? served.token}` }),
  });
  const send = async (method: Method, path: string, options: RequestOptions = {}): Promise<Answer> => {
    const { statusCode, headers, body } = await request(served.url + path, {
      dispatcher: agent,
      method,
      headers: headersOf(options),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await body.text();
    const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Document;
    if (statusCode === 501) throw new NotImplemented(json.message ?? text);
    return { status: statusCode, headers, text, json };
  };
  return {
    namespace,
    request: send,
    async create(path, object) {
      const { status, json, text } = await send('POST', path, { body: object });
      if (status !== 201) throw new Error(`POST ${path} answered ${status}: ${text}`);
      return json;
    },
    async get(path) {
      const { status, json, text } = await send('GET', path);
      if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${text}`);
      return json;
    },
    async until(path, what, wanted) {
      let last: Answer | undefined;
      return eventually(
        what,
        async () => {
          last = await send('GET', path);
          return wanted(last) ? last.json : undefined;
        },
        untilLimitMs,
        () => `: ${last?.text ?? ''}`,
      );
    },
    async watch(path, enough) {
      const events: WatchEvent[] = [];
      const { body, statusCode } = await request(`${served.url}${path}`, {
        dispatcher: watchAgent,
        headers: headersOf({}),
      });
      if (statusCode !== 200) throw new Error(`watch ${path} answered ${statusCode}: ${await body.text()}`);
      let rest = '';
      body.setEncoding('utf8');
      for await (const chunk of body) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) events.push(JSON.parse(line) as WatchEvent);
        if (enough(events)) break;
      }
      return events;
    },
    upgrade: (to) => served.upgrade(to),
    async close() {
      await Promise.all([agent.destroy(), watchAgent.destroy()]);
    },
  };
}
