import { createServer, request as ask } from 'node:http';
import type {
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
  Server,
  ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { matchRule } from './matchRule.ts';
import type {
  ActionRecord,
  ForwardAction,
  ListenerRecord,
  RuleRecord,
  TargetGroupRecord,
  TargetRecord,
} from './records.ts';
import type { ElbStore } from './store.ts';
import { WeightedChoice } from './weightedChoice.ts';

/** Headers that are of one connection only. */
const ofConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade']);

/**
 * A listener that really listens, on loopback: it sends each request to a target as the rules of the moment say, so
 * that whoever asks can tell whether a change of weights has cost a request.
 *
 * As an Application Load Balancer does, it chooses a target group by weight whatever the health of its targets, then
 * one of its healthy targets, or any where none is healthy; it answers 503 where there is no target and 502 where a
 * target does not answer, and tries none again. A target that was deregistered answers what it was asked before.
 */
export class ListenerRouter {
  readonly #store: ElbStore;
  readonly #listener: ListenerRecord;
  readonly #server: Server;
  readonly #choices = new Map<string, WeightedChoice>();
  readonly #turns = new Map<string, number>();

  constructor(store: ElbStore, listener: ListenerRecord) {
    this.#store = store;
    this.#listener = listener;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Begins to listen, and notes the port in the listener. */
  async listen(host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#listener.port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#listener.port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').split('?', 1).join('');
    const rules = this.#store.rulesOf(this.#listener.arn);
    const rule = matchRule(rules, request.headers.host ?? '', path);
    const action = rule?.actions.find(({ Type }) => ['forward', 'redirect', 'fixed-response'].includes(Type));
    if (rule === undefined || action?.Type !== 'forward') {
      answerItself(response, action);
      return;
    }
    const group = this.#chooseGroup(rule, action);
    const target = group === undefined ? undefined : this.#chooseTarget(group);
    if (group === undefined || target === undefined) say(response, 503);
    else this.#forward(request, response, group, target);
  }

  #chooseGroup(rule: RuleRecord, { ForwardConfig }: ForwardAction): TargetGroupRecord | undefined {
    const choice = this.#choices.get(rule.arn) ?? new WeightedChoice();
    this.#choices.set(rule.arn, choice);
    const arn = choice.next(
      ForwardConfig.TargetGroups.map(({ TargetGroupArn, Weight }) => ({
        key: TargetGroupArn,
        weight: Weight,
      })),
    );
    return arn === undefined ? undefined : this.#store.targetGroups.get(arn);
  }

  #chooseTarget({ arn, targets }: TargetGroupRecord): TargetRecord | undefined {
    const staying = targets.filter(({ state }) => state !== 'draining');
    const healthy = staying.filter(({ state }) => state === 'healthy');
    const among = healthy.length > 0 ? healthy : staying;
    const turn = this.#turns.get(arn) ?? 0;
    this.#turns.set(arn, turn + 1);
    return among.length === 0 ? undefined : among[turn % among.length];
  }

  #forward(
    request: IncomingMessage,
    response: ServerResponse,
    group: TargetGroupRecord,
    target: TargetRecord,
  ): void {
    target.inFlight += 1;
    const upstream = ask({
      host: target.id,
      port: target.port,
      method: request.method,
      path: request.url,
      headers: {
        ...withoutConnection(request.headers),
        'x-forwarded-for': request.socket.remoteAddress ?? '',
        'x-forwarded-proto': 'http',
      },
      // A connection each: one that is kept may be closed by the target just when it is used again.
      agent: false,
    });
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, withoutConnection(answer.headers));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    upstream.on('error', () => {
      if (response.headersSent) response.destroy();
      else say(response, 502);
    });
    // The last that happens to every request, answered or given up.
    response.on('close', () => {
      upstream.destroy();
      target.inFlight -= 1;
      if (target.state === 'draining' && target.inFlight === 0) this.#store.remove(group.arn, target);
    });
    request.pipe(upstream);
  }
}

function withoutConnection(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name)));
}

const fixedSchema = z.object({ StatusCode: z.coerce.number().int(), MessageBody: z.string().optional() });

/** What an action answers that forwards nowhere. Where a redirect leads is not worked out. */
function answerItself(response: ServerResponse, action: ActionRecord | undefined): void {
  if (action?.Type === 'redirect') {
    say(response, 302);
    return;
  }
  const fixed = fixedSchema.safeParse(action === undefined ? {} : Reflect.get(action, 'FixedResponseConfig'));
  if (fixed.success) say(response, fixed.data.StatusCode, fixed.data.MessageBody);
  else say(response, 503);
}

/** Answers in the load balancer's own name. */
function say(response: ServerResponse, status: number, body = `${status}\n`): void {
  response.writeHead(status, { server: 'awselb/2.0', 'content-type': 'text/plain' }).end(body);
}
