import { readRequest } from '../contract/request.ts';
import { digestOpening, digestQuestion } from '../plan/digest.ts';
import { nextWindow } from '../plan/windows.ts';
import { wantedTools } from '../tools/choice/wantedTools.ts';
import type { Activities } from './types.ts';
import type { WorkerActivities } from './workerTypes.ts';

/** What is computed and recorded, so that a later release does not decide otherwise in a running upgrade. */
export function openingActivities(): Pick<Activities, 'readRequest' | 'digestOpening' | 'nextWindow'> &
  Pick<WorkerActivities, 'digestQuestion'> {
  return {
    readRequest: async ({ workflowType, request }) => {
      const checked = readRequest(workflowType, request);
      // What no profile knows of a tool is told at once, and not after the first look at the cluster.
      wantedTools(checked.tools ?? []);
      return checked;
    },
    digestOpening: async (opening) => ({ digest: digestOpening(opening) }),
    digestQuestion: async (question) => ({ digest: digestQuestion(question) }),
    nextWindow: async ({ window, at }) => nextWindow(window, new Date(at)),
  };
}
