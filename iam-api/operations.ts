import { z } from 'zod';
import { stableHex } from '../eks-api/random.ts';
import { list, read } from '../eks-api/queryForm.ts';
import type { QueryOperation } from '../eks-api/queryServer.ts';
import { IamError } from './errors.ts';
import type { IamStore, ProviderRecord } from './store.ts';
import { refuseBadPolicy } from './trustPolicyText.ts';

type Operation = QueryOperation<IamStore>;

const text = z.string().min(1);
const provider = z.object({ OpenIDConnectProviderArn: text });
const tags = list(z.object({ Key: text, Value: z.string().default('') }));

export const getRole: Operation = (form, store) => {
  const role = store.findRole(read(z.object({ RoleName: text }), form).RoleName);
  return {
    Role: {
      Path: role.path,
      RoleName: role.name,
      RoleId: `AROA${stableHex(role.arn, 16).toUpperCase()}`,
      Arn: role.arn,
      CreateDate: role.createdAt,
      // As the API has it: URL-encoded by RFC 3986.
      AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    },
  };
};

export const updateAssumeRolePolicy: Operation = (form, store) => {
  const asked = read(z.object({ RoleName: text, PolicyDocument: text }), form);
  const role = store.findRole(asked.RoleName);
  refuseBadPolicy(asked.PolicyDocument, store.trustPolicyQuota);
  role.trustPolicy = asked.PolicyDocument;
  return {};
};

export const createProvider: Operation = (form, store) => {
  const asked = read(
    z.object({
      Url: text,
      ClientIDList: list(text).default([]),
      ThumbprintList: list(text).default([]),
      Tags: tags.default([]),
    }),
    form,
  );
  if (!asked.Url.startsWith('https://')) {
    throw new IamError('InvalidInput', `Invalid Open ID Connect Provider URL: ${asked.Url}`);
  }
  const { arn } = store.addProvider(asked.Url, {
    clientIds: asked.ClientIDList,
    thumbprints: asked.ThumbprintList,
    tags: new Map(asked.Tags.map(({ Key: key, Value: value }) => [key, value])),
  });
  return { OpenIDConnectProviderArn: arn };
};

export const getProvider: Operation = (form, store) => {
  const found = store.findProvider(read(provider, form).OpenIDConnectProviderArn);
  return {
    Url: found.url,
    ClientIDList: found.clientIds,
    ThumbprintList: found.thumbprints,
    CreateDate: found.createdAt,
    Tags: tagsOf(found),
  };
};

export const listProviders: Operation = (_form, store) => ({
  OpenIDConnectProviderList: [...store.providers.keys()].map((arn) => ({ Arn: arn })),
});

/** One that is not there is no error. */
export const deleteProvider: Operation = (form, store) => {
  store.providers.delete(read(provider, form).OpenIDConnectProviderArn);
  return {};
};

export const tagProvider: Operation = (form, store) => {
  const asked = read(provider.extend({ Tags: tags }), form);
  const found = store.findProvider(asked.OpenIDConnectProviderArn);
  for (const { Key: key, Value: value } of asked.Tags) found.tags.set(key, value);
  return {};
};

const tagsOf = ({ tags: all }: ProviderRecord): object[] =>
  [...all].map(([key, value]) => ({ Key: key, Value: value }));
