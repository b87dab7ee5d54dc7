import type { FastifyReply } from 'fastify';

/** What API servers answer for a path, or an API version, that they do not serve: plain text, no Status. */
export function answerUnknownPath(reply: FastifyReply): FastifyReply {
  return reply.code(404).type('text/plain; charset=utf-8').send('404 page not found\n');
}
