import { notAcceptable } from './status.ts';

/** In which form objects are answered. */
export type RepresentationName = 'object' | 'partial' | 'table';

export interface MediaType {
  type: string;
  parameters: Record<string, string>;
}

const representations: Record<string, RepresentationName> = {
  PartialObjectMetadata: 'partial',
  PartialObjectMetadataList: 'partial',
  Table: 'table',
};

/** The media types of an Accept header, the most wanted first. */
export function acceptedTypes(header: string | undefined): MediaType[] {
  if (header === undefined || header.trim() === '') return [{ type: 'application/json', parameters: {} }];
  return header
    .split(',')
    .map((entry) => {
      const [type = '', ...rest] = entry.split(';').map((part) => part.trim());
      const parameters = Object.fromEntries(
        rest.map((part) => {
          const [name = '', ...value] = part.split('=');
          return [name, value.join('=')];
        }),
      );
      return { type: type.toLowerCase(), parameters };
    })
    .sort((left, right) => quality(right) - quality(left));
}

/**
 * The form that a client wants its objects in. Clients that ask for protobuf alone get JSON. Throws StatusError 406
 * when nothing that they accept can be given.
 */
export function negotiateRepresentation(header: string | undefined): RepresentationName {
  for (const { type, parameters } of acceptedTypes(header)) {
    if (!isJson(type) && type !== 'application/vnd.kubernetes.protobuf') continue;
    const { as, g, v } = parameters;
    if (as === undefined) return 'object';
    const wanted = representations[as];
    if (isJson(type) && wanted !== undefined && g === 'meta.k8s.io' && (v === 'v1' || v === 'v1beta1'))
      return wanted;
  }
  throw notAcceptable(['application/json']);
}

/** The version of the aggregated discovery document that a client wants; undefined for the older documents. */
export function negotiateDiscovery(header: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const { type, parameters } of acceptedTypes(header)) {
    if (!isJson(type)) continue;
    const { as, g, v } = parameters;
    if (as === undefined) return undefined;
    if (as === 'APIGroupDiscoveryList' && g === 'apidiscovery.k8s.io' && (v === 'v2' || v === 'v2beta1'))
      return v;
  }
  return undefined;
}

const isJson = (type: string): boolean => ['application/json', 'application/*', '*/*'].includes(type);

function quality({ parameters }: MediaType): number {
  const value = Number(parameters['q'] ?? 1);
  return Number.isNaN(value) ? 1 : value;
}
