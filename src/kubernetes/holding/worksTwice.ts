import { isAtWork } from '../copying/holding.ts';
import { workName } from './workObjects.ts';
import type { WorkObject } from './workObjects.ts';

/** Work that both sides do at the same time. */
export interface DoubleWork {
  what: 'twice';
  kind: string;
  namespace: string;
  name: string;
}

/** What must not work twice and does, by kind, namespace and name, in blue's order. */
export function worksTwice(blue: readonly WorkObject[], green: readonly WorkObject[]): DoubleWork[] {
  const atWork = ({ work, body }: WorkObject): boolean => work !== undefined && isAtWork(body);
  const there = new Set(green.filter(atWork).map(workName));
  return blue
    .filter((object) => atWork(object) && there.has(workName(object)))
    .map(({ kind, namespace, name }) => ({ what: 'twice', kind, namespace, name }));
}

/** One line for people. */
export function describeDoubleWork(work: DoubleWork): string {
  return `${workName(work)} works on both clusters: on the new one it has to stand still until the cutover`;
}
