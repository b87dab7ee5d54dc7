import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../src/commands/errorText.ts';
import { CommandFailed, exitCodeOf, UsageError } from '../../src/commands/exitCodes.ts';
import { runCommandLine } from '../../src/commands/program.ts';
import { StepladderError } from '../../src/contract/errors.ts';
import { fakeTerminal } from './fakeTerminal.ts';

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  const code = await runCommandLine(args, terminal);
  return { code, out: terminal.out.join('\n'), err: terminal.err.join('\n') };
}

// Each command is loaded when it is first called, which takes as long as the machine is busy.
describe('the command line', { timeout: 120_000 }, () => {
  it('has every command in its help, on standard output, and ends well', async () => {
    const { code, out, err } = await run('--help');
    expect(code).toBe(0);
    expect(err).toBe('');
    const names =
      'demo worker plan start watch status approve reject decide pause resume abort rollback report simulator';
    for (const name of names.split(' ')) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('prints its version', async () => {
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+/);
  });

  it.each([
    { args: [], says: 'Usage: stepladder' },
    { args: ['upgrad'], says: "unknown command 'upgrad'" },
    { args: ['start', '--clutser', 'x'], says: "unknown option '--clutser'" },
    { args: ['status', 'a', 'b'], says: 'too many arguments' },
    { args: ['watch', '-o', 'yaml'], says: 'Allowed choices are text, json' },
    { args: ['worker', '--health-port', '99999'], says: 'a port from 0 to 65535' },
    { args: ['demo', '--speed', 'fast'], says: 'a number greater than 0' },
    { args: ['start', '--cluster', 'x'], says: 'targetVersion: is missing' },
    { args: ['plan', '--input', '/no/such/file'], says: "can't be read" },
    { args: ['demo', '--target', '1.x'], says: 'targetVersion: must be' },
    { args: ['tool', 'plan', 'external-dns', '--context', 'x'], says: "'--version <version>' not specified" },
    { args: ['tool', 'plan', 'external-dns', '--version', '1.15.0'], says: 'Which cluster?' },
    {
      args: ['tool', 'plan', 'web', '--version', '1.0.0', '--context', 'x'],
      says: 'tools.0.source: is missing',
    },
    {
      args: ['tool', 'upgrade', 'external-dns', '--version', '1.15.0', '--context', 'x'],
      says: 'There is no terminal to ask on',
    },
    { args: ['demo', '--strategy', 'sideways'], says: 'workers.strategy: must be one of "managed"' },
  ])('ends with 2 for bad usage: $args', async ({ args, says }) => {
    const { code, out, err } = await run(...args);
    expect(err).toContain(says);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('errors', () => {
  it('are told in one message without a stack', () => {
    expect(errorText(new CommandFailed('It failed.'), false)).toBe('error: It failed.');
    expect(errorText(new CommandFailed('It failed.'), true)).toContain('at ');
  });

  it.each([
    [2, new UsageError('x')],
    [2, new StepladderError('InvalidInput', 'x')],
    [2, ApplicationFailure.create({ type: 'InvalidInput', message: 'x' })],
    [1, new StepladderError('Unreachable', 'x')],
    [1, new CommandFailed('x')],
    [1, new TypeError('x')],
  ])('end with %i for %o', (code, error) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});
