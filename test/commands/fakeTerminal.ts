import { Readable } from 'node:stream';
import type { Terminal } from '../../src/commands/terminal.ts';

/** A terminal that remembers what was written to it. */
export interface FakeTerminal extends Terminal {
  out: string[];
  err: string[];
  questions: string[];
}

export interface FakeTerminalOptions {
  env?: Record<string, string>;
  /** Answers to the questions, in order; there being any makes the terminal an interactive one. */
  answers?: string[];
  input?: string | Buffer;
}

export function fakeTerminal({ env = {}, answers, input = '' }: FakeTerminalOptions = {}): FakeTerminal {
  const out: string[] = [];
  const err: string[] = [];
  const questions: string[] = [];
  const left = [...(answers ?? [])];
  return {
    out,
    err,
    questions,
    env: { USER: 'on-call', ...env },
    print: (text) => void out.push(text),
    note: (text) => void err.push(text),
    outputIsScreen: false,
    errorIsScreen: false,
    interactive: answers !== undefined,
    colors: { out: false, err: false },
    columns: 120,
    ask: async (question) => {
      questions.push(question);
      const answer = left.shift();
      if (answer === undefined) throw new Error(`nobody answers: ${question}`);
      return answer;
    },
    standardInput: () => Readable.from([Buffer.from(input)]),
  };
}
