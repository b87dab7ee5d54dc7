import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Who somebody is to Kubernetes. */
export interface LabIdentity {
  username: string;
  uid?: string;
  groups: string[];
}

export interface TokenWebhook {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves TokenReviews (authentication.k8s.io/v1) on the loopback address: the API servers ask it about each bearer
 * token that they do not know themselves, as EKS's ask its authenticator about tokens made of AWS credentials.
 *
 * @param authenticate undefined for a token that is nobody's
 */
export async function startTokenWebhook(
  authenticate: (token: string) => LabIdentity | undefined,
): Promise<TokenWebhook> {
  const server = createServer((request, response) => {
    void readJson(request).then(
      (review) => {
        const identity = authenticate(review.spec?.token ?? '');
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            apiVersion: 'authentication.k8s.io/v1',
            kind: 'TokenReview',
            status:
              identity === undefined ? { authenticated: false } : { authenticated: true, user: identity },
          }),
        );
      },
      () => {
        response.statusCode = 400;
        response.end();
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readJson(request: IncomingMessage): Promise<{ spec?: { token?: string } }> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as { spec?: { token?: string } };
}
