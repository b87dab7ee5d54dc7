import type { Call } from './call.ts';
import { invalidParameter } from './errors.ts';
import { withoutSecrets } from './journal.ts';
import type { MutationRecord } from './journal.ts';
import type { MutationRoute } from './routes.ts';
import type { EksService } from './service.ts';

/** EKS takes tokens of up to 64 characters. */
const longestToken = 64;

/**
 * Applies a mutation once: a request whose clientRequestToken was answered before gets that answer again, as it stands
 * now. Tells the journal what came of it, also of a refusal, which is thrown.
 */
export function applyMutation(
  service: EksService,
  route: MutationRoute,
  call: Call,
  tell: (record: MutationRecord) => void,
): object {
  const { token, parameters } = split(call);
  const written = () => mutationRecord(service, route, call);
  try {
    const resource = route.resource(call);
    const scope = `${route.operation} ${resource}`;
    if (token !== undefined && token.length > longestToken) {
      throw invalidParameter(`clientRequestToken must have at most ${longestToken} characters.`);
    }
    const before = token === undefined ? undefined : service.tokens.find(scope, token, parameters);
    const answer = before ?? route.mutate(service, call);
    if (token !== undefined && before === undefined) {
      service.tokens.remember(scope, token, parameters, answer);
    }
    const body = answer();
    tell({ ...written(), outcome: before === undefined ? 'applied' : 'repeated', ...updateIdIn(body) });
    return body;
  } catch (error) {
    tell({ ...written(), outcome: 'refused', error: describe(error) });
    throw error;
  }
}

/** A mutation that was answered before it was looked at: without access, or by an injected fault. */
export function refusedMutation(
  service: EksService,
  route: MutationRoute,
  call: Call,
  error: { name: string; message: string },
): MutationRecord {
  return { ...mutationRecord(service, route, call), outcome: 'refused', error };
}

function mutationRecord(
  service: EksService,
  route: MutationRoute,
  call: Call,
): Omit<MutationRecord, 'outcome'> {
  const { token, parameters } = split(call);
  return {
    at: service.infrastructure.clock.now().toISOString(),
    operation: route.operation,
    resource: route.resource(call),
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
