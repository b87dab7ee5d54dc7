/** What an API server counts about its requests, in Prometheus' text format. */
import type { ServedResource } from './servedResource.ts';

export interface CountedRequest {
  /** GET, LIST, WATCH, POST, PUT, PATCH, DELETE, DELETECOLLECTION. */
  verb: string;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  scope: 'cluster' | 'namespace' | 'resource' | '';
  dryRun: boolean;
  code: number;
}

export class RequestMetrics {
  private readonly requests = new Map<string, number>();
  private readonly deprecated = new Set<string>();
  private readonly startedAt: Date;
  private readonly gitVersion: string;

  constructor(startedAt: Date, gitVersion: string) {
    this.startedAt = startedAt;
    this.gitVersion = gitVersion;
  }

  count({ verb, group, version, resource, subresource, scope, dryRun, code }: CountedRequest): void {
    const series = labels({
      code: String(code),
      component: 'apiserver',
      dry_run: dryRun ? 'All' : '',
      group,
      resource,
      scope,
      subresource,
      verb,
      version,
    });
    this.requests.set(series, (this.requests.get(series) ?? 0) + 1);
  }

  /** Notes a call to a deprecated version; those to other versions leave no trace. */
  noteDeprecated({ group, version, resource, lifecycle }: ServedResource, subresource: string): void {
    if (lifecycle === undefined) return;
    this.deprecated.add(
      labels({ group, removed_release: lifecycle.removed ?? '', resource, subresource, version }),
    );
  }

  render(): string {
    const lines = [
      ...family(
        'apiserver_request_total',
        'counter',
        'Requests by verb, resource, scope and HTTP code.',
        this.requests,
      ),
      ...family(
        'apiserver_requested_deprecated_apis',
        'gauge',
        'Deprecated APIs that have been requested since the start, by group, version and resource.',
        new Map([...this.deprecated].map((series) => [series, 1])),
      ),
      ...family('kubernetes_build_info', 'gauge', 'The version, as labels.', [
        [labels({ git_version: this.gitVersion, major: '1' }), 1],
      ]),
      ...family('process_start_time_seconds', 'gauge', 'Start of the process in seconds of the Unix epoch.', [
        ['', this.startedAt.getTime() / 1000],
      ]),
    ];
    return `${lines.join('\n')}\n`;
  }
}

function family(name: string, type: string, help: string, series: Iterable<[string, number]>): string[] {
  const lines = [...series].map(([text, value]) => `${name}${text} ${value}`).sort();
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

function labels(values: Record<string, string>): string {
  const pairs = Object.entries(values).map(
    ([name, value]) =>
      `${name}="${value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`,
  );
  return `{${pairs.join(',')}}`;
}
