import { afterAll, beforeAll, inject } from 'vitest';
import { openWorkbench } from './harness.ts';
import type { Workbench } from './harness.ts';

/** A workbench for the tests of one file, on the server that all files share. */
export function useWorkbench(): () => Workbench {
  let workbench: Workbench | undefined;
  beforeAll(async () => {
    workbench = await openWorkbench(inject('temporal').address);
  });
  afterAll(async () => {
    await workbench?.close();
  });
  return () => {
    if (workbench === undefined) throw new Error('the workbench is not open yet');
    return workbench;
  };
}
