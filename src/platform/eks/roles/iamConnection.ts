import type { IAMClient } from '@aws-sdk/client-iam';
import { createIamClient } from '../client.ts';
import type { EksAccess, EksClientOptions } from '../client.ts';
import { ServiceConnection } from '../serviceConnection.ts';

/** Makes calls to IAM. */
export class IamConnection extends ServiceConnection<IAMClient> {
  constructor(access: EksAccess, options: Partial<EksClientOptions> = {}) {
    super('iam', () => createIamClient(access, options));
  }
}
