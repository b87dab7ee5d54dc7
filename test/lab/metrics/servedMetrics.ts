/** Which metric families the parts of a control plane really serve. */
import { Agent, request } from 'undici';
import type { LabControlPlane } from '../../../lab/controlPlane/controlPlane.ts';
import { eventually } from '../../processes/patience.ts';

export interface ServedFamily {
  component: string;
  name: string;
  type: string;
  /** Labels that its series have here, those of the type itself (`le`, `quantile`) left out. */
  labels: string[];
}

/** What each part serves; the scheduler has a page more for what Pods ask for. */
const pages: Readonly<Record<string, readonly string[]>> = {
  'kube-apiserver': ['/metrics', '/metrics/slis'],
  'kube-controller-manager': ['/metrics', '/metrics/slis'],
  'kube-scheduler': ['/metrics', '/metrics/slis', '/metrics/resources'],
};

/** Asks every part for its metrics, as the administrator. Each part makes its own certificate. */
export async function servedFamilies(plane: LabControlPlane): Promise<ServedFamily[]> {
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  const families = new Map<string, ServedFamily>();
  try {
    for (const { name: component, port } of plane.components()) {
      for (const page of pages[component] ?? []) {
        // One that has just begun may not know yet whom it lets in.
        const text = await eventually(`${component}'s ${page}`, () =>
          read(`https://127.0.0.1:${port ?? 0}${page}`, plane.adminToken, agent),
        );
        for (const family of parseExposition(text)) {
          const key = `${component} ${family.name}`;
          const labels = new Set([...(families.get(key)?.labels ?? []), ...family.labels]);
          families.set(key, { component, ...family, labels: [...labels].sort() });
        }
      }
    }
  } finally {
    await agent.close();
  }
  return [...families.values()];
}

async function read(url: string, token: string, dispatcher: Agent): Promise<string> {
  const { statusCode, body } = await request(url, {
    dispatcher,
    headers: { authorization: `Bearer ${token}`, accept: 'text/plain' },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return text;
}

/** Families of Prometheus' text format, which announces each by its type. */
function parseExposition(text: string): Omit<ServedFamily, 'component'>[] {
  const families: Omit<ServedFamily, 'component'>[] = [];
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) {
      families.push({ name, type, labels: [] });
      continue;
    }
    const family = families.at(-1);
    const [, series] = /^[^#{\s][^{\s]*\{(.*)\} \S+/.exec(line) ?? [];
    for (const [, label = ''] of (series ?? '').matchAll(/(?:^|,)([A-Za-z_]\w*)="(?:[^"\\]|\\.)*"/g)) {
      if (!['le', 'quantile'].includes(label) && family?.labels.includes(label) === false) {
        family.labels.push(label);
      }
    }
  }
  return families;
}
