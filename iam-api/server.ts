import { queryServer } from '../eks-api/queryServer.ts';
import type { QueryServerOptions, QueryService } from '../eks-api/queryServer.ts';
import * as operations from './operations.ts';
import { IamStore } from './store.ts';
import type { IamSetup } from './store.ts';

const service: QueryService<IamStore> = {
  namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  version: '2010-05-08',
  permissions: 'iam',
  reads: {
    GetRole: operations.getRole,
    GetOpenIDConnectProvider: operations.getProvider,
    ListOpenIDConnectProviders: operations.listProviders,
  },
  changes: {
    UpdateAssumeRolePolicy: operations.updateAssumeRolePolicy,
    CreateOpenIDConnectProvider: operations.createProvider,
    DeleteOpenIDConnectProvider: operations.deleteProvider,
    TagOpenIDConnectProvider: operations.tagProvider,
  },
  subjects: ['RoleName', 'OpenIDConnectProviderArn', 'Url'],
};

export interface IamApiOptions extends QueryServerOptions {
  setup: IamSetup;
}

/** The running API. */
export interface IamApi {
  url: string;
  store: IamStore;
  close(): Promise<void>;
}

/**
 * Starts what is of use here of the IAM API, over plain HTTP.
 *
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function startIamApi(options: IamApiOptions): Promise<IamApi> {
  const store = new IamStore(options.setup);
  const server = queryServer(service, store, options);
  const url = await server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 });
  return { url, store, close: () => server.close() };
}
