import { KubeConfig } from '@kubernetes/client-node';
import type { Cluster } from '@kubernetes/client-node';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { Agent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { StepladderError } from '../contract/errors.ts';
import { BearerToken } from './bearerToken.ts';
import { timeouts } from './retryPolicy.ts';

/** How to get at a cluster: what EKS says of it, or a context of the worker's kubeconfig. */
export type KubernetesOptions =
  { endpoint: string; certificateAuthorityPem: string; token: () => Promise<string> } | { context: string };

/** How another program, such as helm, gets at the same cluster as the same identity. */
export type ProgramAccess =
  | { endpoint: string; certificateAuthorityPem: string; token: () => Promise<string> }
  /** The user's own kubeconfig, in which this context led to that server when it was read. */
  | { context: string; endpoint: string };

/** With what one request goes out. */
export interface Authorization {
  headers: Record<string, string>;
  dispatcher: () => Dispatcher;
  /** Tells connections apart that must not be shared; changes with the client's certificate. */
  connectionKey: string;
}

/**
 * Endpoint, TLS and credentials, read from a kubeconfig (of ours or of the worker) by the client library. It is asked
 * before each request, since tokens and exec plug-ins' certificates change under way.
 */
export class KubernetesAccess {
  readonly #load: () => KubeConfig;
  readonly #bearer: BearerToken | undefined;
  readonly #context: string | undefined;
  #kubeConfig: KubeConfig;

  constructor(options: KubernetesOptions) {
    if ('context' in options) {
      this.#context = options.context;
      this.#load = () => loadContext(options.context);
    } else {
      this.#bearer = new BearerToken(options.token);
      this.#load = () => endpointConfig(options.endpoint, options.certificateAuthorityPem);
    }
    this.#kubeConfig = this.#load();
  }

  get kubeConfig(): KubeConfig {
    return this.#kubeConfig;
  }

  /** Without a `/` at its end. */
  get server(): string {
    return this.#cluster().server.replace(/\/+$/, '');
  }

  certificateAuthorityPem(): string {
    const { caFile, caData } = this.#cluster();
    if (caFile !== undefined) return readFileSync(caFile, 'utf8');
    return caData === undefined ? '' : Buffer.from(caData, 'base64').toString('utf8');
  }

  forPrograms(): ProgramAccess {
    const endpoint = this.server;
    const bearer = this.#bearer;
    if (bearer !== undefined) {
      const certificateAuthorityPem = this.certificateAuthorityPem();
      return { endpoint, certificateAuthorityPem, token: () => bearer.get() };
    }
    return { endpoint, context: this.#context ?? this.#kubeConfig.getCurrentContext() };
  }

  /** Makes the next request ask for its credentials anew: the server has refused these. */
  renew(): void {
    this.#bearer?.forget();
    if (this.#bearer === undefined) this.#kubeConfig = this.#load();
  }

  /** Throws `CredentialsRefused` when there are none to be had. */
  async authorize(): Promise<Authorization> {
    const options: RequestOptions = {};
    try {
      await this.#kubeConfig.applyToHTTPSOptions(options);
    } catch (error) {
      if (error instanceof StepladderError) throw error;
      throw new StepladderError(
        'CredentialsRefused',
        `The kubeconfig's credentials for ${this.server} could not be had: ${error instanceof Error ? error.message : String(error)}`,
        {},
        { cause: error },
      );
    }
    const headers = textHeaders(options.headers);
    if (this.#bearer !== undefined) headers['Authorization'] = `Bearer ${await this.#bearer.get()}`;
    if (typeof options.auth === 'string') {
      headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
    }
    // Only what is there: an option that is present and undefined would override a default.
    const tls: TlsOptions = {};
    for (const name of tlsOptions) {
      if (options[name] !== undefined) Object.assign(tls, { [name]: options[name] });
    }
    const { proxyUrl } = this.#cluster();
    const connectionKey = createHash('sha256')
      .update(JSON.stringify([proxyUrl, tls]))
      .digest('hex');
    const dispatcher = (): Dispatcher => {
      const common = {
        // HTTP/1.1: a connection that dies takes one request with it, and the server's going away is plain to see.
        allowH2: false,
        headersTimeout: timeouts.answerMs,
        bodyTimeout: timeouts.answerMs,
      };
      return proxyUrl === undefined
        ? new Agent({ ...common, connect: { ...tls, timeout: timeouts.connectMs } })
        : new ProxyAgent({ ...common, uri: proxyUrl, requestTls: tls });
    };
    return { headers, dispatcher, connectionKey };
  }

  #cluster(): Cluster {
    const cluster = this.#kubeConfig.getCurrentCluster();
    if (cluster !== null) return cluster;
    throw new StepladderError(
      'InvalidInput',
      `The kubeconfig's context "${this.#kubeConfig.getCurrentContext()}" names a cluster that the kubeconfig does not have. Mend it, or leave out the request's cluster.context.`,
    );
  }
}

/**
 * sha-256 (hex) of a certificate authority's PEM, the same however its lines end and whatever space stands around it.
 */
export function certificateAuthorityDigest(pem: string): string {
  return createHash('sha256')
    .update(`${pem.replaceAll('\r\n', '\n').trim()}\n`)
    .digest('hex');
}

const tlsOptions = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'] as const;
type TlsOptions = Pick<ConnectionOptions, (typeof tlsOptions)[number]>;

function endpointConfig(endpoint: string, certificateAuthorityPem: string): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    {
      name: 'cluster',
      server: endpoint,
      caData: Buffer.from(certificateAuthorityPem, 'utf8').toString('base64'),
      skipTLSVerify: false,
    },
    { name: 'stepladder' },
  );
  return kubeConfig;
}

function loadContext(context: string): KubeConfig {
  const kubeConfig = new KubeConfig();
  try {
    kubeConfig.loadFromDefault();
  } catch (error) {
    throw new StepladderError(
      'InvalidInput',
      `The worker's kubeconfig could not be read: ${error instanceof Error ? error.message : String(error)}. Mend it, or leave out the request's cluster.context.`,
      {},
      { cause: error },
    );
  }
  if (kubeConfig.getContextObject(context) === null) {
    const names = kubeConfig.getContexts().map(({ name }) => name);
    throw new StepladderError(
      'InvalidInput',
      `The kubeconfig that is used here has no context "${context}"; it has ${names.length === 0 ? 'none' : names.join(', ')}. Give one of them (--context, or the request's cluster.context), or set KUBECONFIG: for a worker in the worker's environment.`,
    );
  }
  kubeConfig.setCurrentContext(context);
  return kubeConfig;
}

function textHeaders(headers: OutgoingHttpHeaders | readonly string[] | undefined): Record<string, string> {
  if (headers === undefined || Array.isArray(headers)) return {};
  // Array.isArray does not take a readonly array out of the type.
  return Object.fromEntries(
    Object.entries(headers as OutgoingHttpHeaders).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value.toString()]],
    ),
  );
}
