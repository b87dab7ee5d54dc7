import {
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
} from '@aws-sdk/client-iam';
import { StepladderError } from '../../../contract/errors.ts';
import type { Issuer } from './greenTrust.ts';
import type { IamConnection } from './iamConnection.ts';

/** An OIDC provider of the account. */
export interface OidcProvider {
  arn: string;
  clientIds: string[];
  tags: Record<string, string>;
}

/** A provider by its ARN; undefined when there is none. Throws as every call to AWS. */
export async function findProvider(
  connection: IamConnection,
  arn: string,
  signal?: AbortSignal,
): Promise<OidcProvider | undefined> {
  try {
    const answer = await connection.call(
      'GetOpenIDConnectProvider',
      `OIDC provider ${arn}`,
      signal,
      (client, options) =>
        client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }), options),
    );
    return {
      arn,
      clientIds: answer.ClientIDList ?? [],
      tags: Object.fromEntries(
        (answer.Tags ?? []).map(({ Key: key = '', Value: value = '' }): [string, string] => [key, value]),
      ),
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** All providers of the account. Throws as every call to AWS. */
export async function listProviders(
  connection: IamConnection,
  signal?: AbortSignal,
): Promise<OidcProvider[]> {
  const { OpenIDConnectProviderList: entries = [] } = await connection.call(
    'ListOpenIDConnectProviders',
    'the OIDC providers of the account',
    signal,
    (client, options) => client.send(new ListOpenIDConnectProvidersCommand({}), options),
  );
  const providers: OidcProvider[] = [];
  for (const { Arn: arn } of entries) {
    const provider = arn === undefined ? undefined : await findProvider(connection, arn, signal);
    if (provider !== undefined) providers.push(provider);
  }
  return providers;
}

/**
 * Makes the provider of an issuer. One that somebody else has made meanwhile is as good. AWS verifies the issuers of EKS
 * by authorities of its own, so no thumbprint is given.
 */
export async function createProvider(
  connection: IamConnection,
  issuer: Issuer,
  { clientIds, tags }: Pick<OidcProvider, 'clientIds' | 'tags'>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await connection.call(
      'CreateOpenIDConnectProvider',
      `OIDC provider ${issuer.providerArn}`,
      signal,
      (client, options) =>
        client.send(
          new CreateOpenIDConnectProviderCommand({
            Url: `https://${issuer.name}`,
            ClientIDList: clientIds,
            Tags: Object.entries(tags).map(([key, value]) => ({ Key: key, Value: value })),
          }),
          options,
        ),
    );
  } catch (error) {
    if (!(error instanceof StepladderError) || error.details['code'] !== 'EntityAlreadyExistsException') {
      throw error;
    }
  }
}

/** Deletes a provider; one that is not there is fine. */
export async function deleteProvider(
  connection: IamConnection,
  arn: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await connection.call('DeleteOpenIDConnectProvider', `OIDC provider ${arn}`, signal, (client, options) =>
      client.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }), options),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof StepladderError && error.details['reason'] === 'not-found';
