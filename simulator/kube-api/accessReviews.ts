/** Kinds that are only created to ask a question; nothing of them is stored. Who came in may do everything. */
import type { Answer, ResourceCall } from './call.ts';
import type { Fields } from './json.ts';
import { valueAt } from './json.ts';
import { readBody, requireKind } from './requestBody.ts';
import { groupVersion } from './servedResource.ts';
import { methodNotAllowed } from './status.ts';

type Review = (call: ResourceCall, body: Fields) => Fields;

const ofSubject: Review = ({ user }, body) => ({
  status:
    valueAt(body, ['spec', 'user']) === user.username
      ? allowed
      : { allowed: false, reason: 'the simulated cluster knows one user only' },
});

const allowed = { allowed: true, reason: 'everybody who is authenticated may do everything' };

const reviews: Record<string, Review> = {
  selfsubjectaccessreviews: () => ({ status: allowed }),
  subjectaccessreviews: ofSubject,
  localsubjectaccessreviews: ofSubject,
  selfsubjectrulesreviews: () => ({
    status: {
      incomplete: false,
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    },
  }),
  selfsubjectreviews: ({ user }) => ({ status: { userInfo: user } }),
  tokenreviews: ({ backend, user }, body) => {
    const token = valueAt(body, ['spec', 'token']);
    return typeof token === 'string' && backend.authenticate(token)
      ? { status: { authenticated: true, user } }
      : { status: { authenticated: false, error: 'the token is not known' } };
  },
};

/** Undefined for a resource that is not a question. */
export function reviewOf({ served }: ResourceCall): ((call: ResourceCall) => Answer) | undefined {
  const isReview = served.group === 'authentication.k8s.io' || served.group === 'authorization.k8s.io';
  const review = isReview ? reviews[served.resource] : undefined;
  if (review === undefined) return undefined;
  return (call) => {
    if (call.verb !== 'create') throw methodNotAllowed();
    const body = readBody(call);
    requireKind(body, served);
    const answer = {
      kind: served.kind,
      apiVersion: groupVersion(served),
      metadata: {},
      spec: redacted(body['spec']),
      ...review(call, body),
    };
    return { code: 201, text: JSON.stringify(answer) };
  };
}

/** The question, without the token that a TokenReview asks about. */
function redacted(spec: unknown): unknown {
  if (typeof spec !== 'object' || spec === null || !('token' in spec)) return spec ?? {};
  const { token: _token, ...rest } = spec;
  return rest;
}
