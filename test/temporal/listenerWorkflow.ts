import {
  condition,
  defineQuery,
  proxyActivities,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';

const say = defineSignal<[unknown]>('say');
const finish = defineSignal('finish');
const approve = defineUpdate<string, [{ by: string }]>('approve');
const heard = defineQuery<unknown[]>('heard');

/** Keeps what it is told and returns it when told to finish. */
export async function listen(): Promise<unknown[]> {
  const said: unknown[] = [];
  let done = false;
  setCurrentDetails('**Listening** since the beginning.\n\n| asked | by |\n| --- | --- |\n| plan | nobody |');
  setHandler(
    say,
    (what) => {
      said.push(what);
      setCurrentDetails(`**Heard** ${said.length} things.`);
    },
    { description: 'Says something. Example: {"by":"your name"}' },
  );
  setHandler(
    approve,
    ({ by }) => {
      said.push(by);
      return `approved by ${by}`;
    },
    {
      description: 'Approves. Example: {"by":"your name"}',
      validator: ({ by }) => {
        if (by === 'your name') throw new Error('"by" must be your own name');
      },
    },
  );
  setHandler(heard, () => said);
  setHandler(finish, () => {
    done = true;
  });
  await condition(() => done);
  return said;
}

const { work } = proxyActivities<{ work(milliseconds: number): Promise<string> }>({
  startToCloseTimeout: '30s',
  retry: { maximumAttempts: 1 },
});

/** Has one activity done. */
export async function haveWorkDone(milliseconds: number): Promise<string> {
  return work(milliseconds);
}
