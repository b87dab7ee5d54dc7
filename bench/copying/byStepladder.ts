import { pid } from 'node:process';
import { compareClusters } from '../../src/kubernetes/comparing/compareClusters.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { CopyAccount } from '../../src/kubernetes/copying/copyAccount.ts';
import { copyFromBlue } from '../../src/kubernetes/copying/copyObjects.ts';
import { plainSelection } from '../../src/kubernetes/copying/selection.ts';
import { forgetMost, residentMegabytes } from '../large-group/memory.ts';
import { counted } from './counted.ts';

/** One time through; requests are those to both clusters. */
export interface Run {
  what: string;
  seconds: number;
  /** Objects that were brought or found the same. */
  objects?: number;
  requests?: number;
  /** What the process came to need more, at the most. Megabytes. */
  moreMegabytes?: number;
}

/** Copies, copies once more, and compares. Throws when green refuses something, or is not the same in the end. */
export async function byStepladder(sides: {
  blue: KubernetesConnection;
  green: KubernetesConnection;
}): Promise<Run[]> {
  const [blue, green] = [counted(sides.blue), counted(sides.green)];
  const connections = { blue: blue.connection, green: green.connection };
  const measured = async (what: string, work: () => Promise<number>): Promise<Run> => {
    await forgetMost(pid);
    const before = await residentMegabytes(pid);
    const began = performance.now();
    const objects = await work();
    const seconds = (performance.now() - began) / 1000;
    const after = await residentMegabytes(pid);
    const requests = blue.taken() + green.taken();
    return { what, seconds, objects, requests, moreMegabytes: after.most - before.now };
  };
  const copy = async (): Promise<{ applied: number; unchanged: number }> => {
    const account = new CopyAccount();
    await copyFromBlue({
      blue: connections.blue,
      target: { green: connections.green, singletons: [], madeBy: 'bench', account },
      ...{ volumes: [], tools: [], exclude: { excludeNamespaces: [], excludeKinds: [] } },
    });
    const { refused } = account.record();
    if (refused.length > 0) throw new Error(`green refuses ${refused.length}: ${JSON.stringify(refused[0])}`);
    return account.counts();
  };
  return [
    await measured('Stepladder', async () => (await copy()).applied),
    await measured('Stepladder, once more', async () => {
      const { applied, unchanged } = await copy();
      if (applied > 0) throw new Error(`copying once more has changed ${applied} objects`);
      return unchanged;
    }),
    await measured('Stepladder compares both', async () => {
      let contents = 0;
      const of = { selection: plainSelection, sharedClaims: new Set<string>() };
      for await (const entry of compareClusters(connections, of)) {
        if ('contents' in entry) contents += entry.contents ?? 0;
        if ('what' in entry && entry.what === 'differs')
          throw new Error(`not the same: ${JSON.stringify(entry)}`);
      }
      return contents;
    }),
  ];
}
