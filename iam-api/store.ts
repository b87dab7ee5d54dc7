import { IamError } from './errors.ts';

/** What IAM has from the start. */
export interface IamSetup {
  /** 12 digits. */
  account: string;
  roles: RoleSetup[];
  providers: ProviderSetup[];
  /** Characters that a trust policy may have; 2048 unless given. */
  trustPolicyQuota?: number;
}

export interface RoleSetup {
  arn: string;
  /** As in IAM. */
  trustPolicy: object;
}

export interface ProviderSetup {
  /** `https://…`. */
  url: string;
  clientIds: string[];
  tags?: Record<string, string>;
}

export interface RoleRecord {
  arn: string;
  name: string;
  path: string;
  /** JSON. */
  trustPolicy: string;
  createdAt: Date;
}

export interface ProviderRecord {
  arn: string;
  /** Without its scheme, as IAM tells it. */
  url: string;
  clientIds: string[];
  thumbprints: string[];
  tags: Map<string, string>;
  createdAt: Date;
}

/** An account's roles, as far as their trust policies, and its OIDC providers. */
export class IamStore {
  readonly roles = new Map<string, RoleRecord>();
  readonly providers = new Map<string, ProviderRecord>();
  readonly trustPolicyQuota: number;
  readonly #account: string;

  constructor({ account, roles, providers, trustPolicyQuota = 2_048 }: IamSetup) {
    this.#account = account;
    this.trustPolicyQuota = trustPolicyQuota;
    for (const role of roles) this.#addRole(role);
    for (const { url, clientIds, tags = {} } of providers) {
      this.addProvider(url, { clientIds, thumbprints: [], tags: new Map(Object.entries(tags)) });
    }
  }

  #addRole({ arn, trustPolicy }: RoleSetup): void {
    const [, path = '/', name = ''] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? [];
    if (name === '' || this.roles.has(name)) {
      throw new Error(`${arn} is not the ARN of a role, or there is one of that name already`);
    }
    const text = JSON.stringify(trustPolicy);
    this.roles.set(name, { arn, name, path, trustPolicy: text, createdAt: new Date() });
  }

  /** Throws IamError NoSuchEntity. */
  findRole(name: string): RoleRecord {
    const role = this.roles.get(name);
    if (role !== undefined) return role;
    throw new IamError('NoSuchEntity', `The role with name ${name} cannot be found.`);
  }

  /** Throws IamError EntityAlreadyExists. */
  addProvider(url: string, of: Pick<ProviderRecord, 'clientIds' | 'thumbprints' | 'tags'>): ProviderRecord {
    const name = url.replace(/^https:\/\//, '');
    const arn = `arn:aws:iam::${this.#account}:oidc-provider/${name}`;
    if (this.providers.has(arn)) {
      throw new IamError('EntityAlreadyExists', `Provider with url ${url} already exists.`);
    }
    const record = { arn, url: name, ...of, createdAt: new Date() };
    this.providers.set(arn, record);
    return record;
  }

  /** Throws IamError NoSuchEntity. */
  findProvider(arn: string): ProviderRecord {
    const provider = this.providers.get(arn);
    if (provider !== undefined) return provider;
    throw new IamError('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`);
  }
}
