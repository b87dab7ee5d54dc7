/**
 * A process that asks an API server for its readiness on a fixed beat and writes one line of JSON for each answer, so
 * that nothing that the engine or the test is busy with delays or hides a question. The beat does not wait for answers.
 *
 * Arguments: URL, file of the certificate authority, file to write to. The bearer token comes in the environment, as PROBE_TOKEN.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { beatMs } from './probeBeat.ts';

const [, , url = '', certificateAuthorityFile = '', answersFile = ''] = process.argv;
const ca = readFileSync(certificateAuthorityFile, 'utf8');
const headers = { authorization: `Bearer ${process.env['PROBE_TOKEN'] ?? ''}` };

/** A question without an answer by then has failed: nobody is there. On a busy machine an answer takes seconds. */
const patienceMs = 30_000;

function ask(): void {
  const at = Date.now();
  const tell = (outcome: { status: number } | { error: string }): void => {
    appendFileSync(answersFile, `${JSON.stringify({ at, ms: Date.now() - at, ...outcome })}\n`);
  };
  // A connection of its own for each question: one that is kept would hide that no new one can be made.
  const agent = new Agent({ ca, keepAlive: false });
  const question = request(`${url}/readyz`, { agent, headers, timeout: patienceMs }, (answer) => {
    answer.resume();
    answer.once('end', () => {
      tell({ status: answer.statusCode ?? 0 });
      if (answer.statusCode === 200) process.stdout.write('answered\n');
    });
  });
  question.once('timeout', () => question.destroy(new Error(`no answer within ${patienceMs} ms`)));
  question.once('error', (error) => tell({ error: error.message }));
  question.end();
}

ask();
setInterval(ask, beatMs);
