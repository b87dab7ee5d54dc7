import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';

/** Answers 400 with every problem for a body that is not what it should be, and 404 for what is not there. */
export function withBody<T extends z.ZodType>(
  schema: T,
  request: FastifyRequest,
  reply: { code(code: number): unknown },
  act: (body: z.infer<T>) => unknown,
): object {
  const result = schema.safeParse(jsonOf(request.body));
  if (!result.success) {
    reply.code(400);
    return {
      message: 'The body is not what this control takes.',
      problems: result.error.issues.map(({ path, message }) => `${path.join('.') || '(body)'}: ${message}`),
    };
  }
  return answer(reply, () => act(result.data));
}

/** Answers 404 for what is not there. */
export function answer(reply: { code(code: number): unknown }, act: () => unknown): object {
  try {
    const told = act();
    return typeof told === 'object' && told !== null ? told : {};
  } catch (error) {
    reply.code(404);
    return { message: error instanceof Error ? error.message : String(error) };
  }
}

function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    return undefined;
  }
}
