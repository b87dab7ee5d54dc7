import type { EksAccount } from './account.ts';
import type { Call } from './call.ts';
import { invalidParameter } from './errors.ts';
import { withoutSecrets } from './journal.ts';
import type { MutationRecord } from './journal.ts';
import { clusterNamed, clusterOf } from './clusterOfCall.ts';
import type { AnyMutationRoute } from './routes.ts';

/** EKS takes tokens of up to 64 characters. */
const longestToken = 64;

/**
 * Applies a mutation once: a request whose clientRequestToken was answered before gets that answer again, as it stands
 * now. Tells the journal what came of it, also of a refusal, which is thrown.
 */
export function applyMutation(
  account: EksAccount,
  route: AnyMutationRoute,
  call: Call,
  tell: (record: MutationRecord) => void,
): object {
  const { token, parameters } = split(call);
  const written = () => mutationRecord(account, route, call);
  try {
    const resource = route.resource(call);
    const scope = `${route.operation} ${resource}`;
    if (token !== undefined && token.length > longestToken) {
      throw invalidParameter(`clientRequestToken must have at most ${longestToken} characters.`);
    }
    const { tokens, mutate } = opened(account, route, call);
    const before = token === undefined ? undefined : tokens.find(scope, token, parameters);
    const answer = before ?? mutate();
    if (token !== undefined && before === undefined) {
      tokens.remember(scope, token, parameters, answer);
    }
    const body = answer();
    tell({ ...written(), outcome: before === undefined ? 'applied' : 'repeated', ...updateIdIn(body) });
    return body;
  } catch (error) {
    tell({ ...written(), outcome: 'refused', error: describe(error) });
    throw error;
  }
}

/** What a mutation does, and where its answers are kept. */
function opened(
  account: EksAccount,
  route: AnyMutationRoute,
  call: Call,
): { tokens: EksAccount['tokens']; mutate: () => () => object } {
  if ('mutateAccount' in route) {
    return { tokens: account.tokens, mutate: () => route.mutateAccount(account, call) };
  }
  const service = clusterOf(account, call);
  return { tokens: service.tokens, mutate: () => route.mutate(service, call) };
}

/** A mutation that was answered before it was looked at: without access, or by an injected fault. */
export function refusedMutation(
  account: EksAccount,
  route: AnyMutationRoute,
  call: Call,
  error: { name: string; message: string },
): MutationRecord {
  return { ...mutationRecord(account, route, call), outcome: 'refused', error };
}

function mutationRecord(
  account: EksAccount,
  route: AnyMutationRoute,
  call: Call,
): Omit<MutationRecord, 'outcome'> {
  const { token, parameters } = split(call);
  const cluster = clusterNamed(call);
  return {
    at: account.clock.now().toISOString(),
    operation: route.operation,
    resource: route.resource(call),
    ...(cluster === undefined ? {} : { cluster }),
    ...(token === undefined ? {} : { clientRequestToken: token }),
    parameters: withoutSecrets(parameters),
  };
}

function split(call: Call): { token: string | undefined; parameters: Record<string, unknown> } {
  const { clientRequestToken, ...rest } = call.body;
  const query = Object.fromEntries(Object.entries(call.query).filter(([, value]) => value !== undefined));
  return {
    token: typeof clientRequestToken === 'string' ? clientRequestToken : undefined,
    parameters: { ...query, ...rest },
  };
}

function updateIdIn(body: object): { updateId?: string } {
  if (!('update' in body) || typeof body.update !== 'object' || body.update === null) return {};
  const id: unknown = Reflect.get(body.update, 'id');
  return typeof id === 'string' ? { updateId: id } : {};
}

function describe(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) };
}
