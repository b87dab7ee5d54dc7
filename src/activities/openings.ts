import { readRequest } from '../contract/request.ts';
import { digestOpening } from '../plan/digest.ts';
import { nextWindow } from '../plan/windows.ts';
import type { Activities } from './types.ts';

/** What is computed and recorded, so that a later release does not decide otherwise in a running upgrade. */
export function openingActivities(): Pick<Activities, 'readRequest' | 'digestOpening' | 'nextWindow'> {
  return {
    readRequest: async ({ workflowType, request }) => readRequest(workflowType, request),
    digestOpening: async (opening) => ({ digest: digestOpening(opening) }),
    nextWindow: async ({ window, at }) => nextWindow(window, new Date(at)),
  };
}
