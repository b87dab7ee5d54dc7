import { parsePattern } from './patternSyntax.ts';
import type { PatternNode } from './patternSyntax.ts';

/** A compiled expression of more states than this is not judged: nobody writes such ones for names. */
const maximumStates = 5_000;

/** One state of the machine: it goes on freely, or over one character that it accepts. */
interface State {
  accepts?: (character: string) => boolean;
  next: number[];
}

/**
 * Prepares a regular expression over names as Prometheus reads it: RE2's syntax, anchored at both ends. JavaScript's
 * own engine is not used because it takes exponential time for some expressions, and these come from other people's
 * dashboards; this one takes time by the expression's length times the name's.
 *
 * @returns undefined when the expression can't be judged: it is wrong, too large, or uses what is not known here
 */
export function compileNamePattern(pattern: string): ((name: string) => boolean) | undefined {
  const syntax = parsePattern(pattern);
  if (syntax === undefined) return undefined;
  const states: State[] = [{ next: [] }];
  const start = build(syntax, 0, states);
  return start === undefined ? undefined : (name) => matches(states, start, name);
}

/** Adds the states of a part that goes on to `end`, and gives the state that it begins with. */
function build(node: PatternNode, end: number, states: State[]): number | undefined {
  if (states.length > maximumStates) return undefined;
  const add = (state: State): number => states.push(state) - 1;
  switch (node.kind) {
    case 'character':
      return add({ accepts: node.accepts, next: [end] });
    case 'sequence': {
      let next: number | undefined = end;
      for (const part of node.parts.toReversed()) {
        if (next !== undefined) next = build(part, next, states);
      }
      return next;
    }
    case 'choice': {
      const next: number[] = [];
      for (const part of node.parts) {
        const begin = build(part, end, states);
        if (begin === undefined) return undefined;
        next.push(begin);
      }
      return add({ next });
    }
    case 'repeat':
      return buildRepeat(node, end, states);
  }
}

function buildRepeat(
  { part, least, most }: Extract<PatternNode, { kind: 'repeat' }>,
  end: number,
  states: State[],
): number | undefined {
  let begin: number | undefined = end;
  if (most === Infinity) {
    const loop = states.push({ next: [end] }) - 1;
    const body = build(part, loop, states);
    if (body === undefined) return undefined;
    states[loop]?.next.push(body);
    begin = loop;
  } else {
    for (let extra = least; extra < most; extra += 1) {
      const body = build(part, begin, states);
      if (body === undefined) return undefined;
      begin = states.push({ next: [end, body] }) - 1;
    }
  }
  for (let count = 0; count < least; count += 1) {
    begin = build(part, begin, states);
    if (begin === undefined) return undefined;
  }
  return begin;
}

function matches(states: readonly State[], start: number, name: string): boolean {
  let current = reach(states, [start]);
  for (const character of name) {
    const next: number[] = [];
    for (const index of current) {
      const state = states[index];
      if (state?.accepts?.(character) === true) next.push(...state.next);
    }
    if (next.length === 0) return false;
    current = reach(states, next);
  }
  return current.has(0);
}

/** All states that can be got to without a character. */
function reach(states: readonly State[], from: readonly number[]): Set<number> {
  const found = new Set<number>();
  const open = [...from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (found.has(index)) continue;
    found.add(index);
    const state = states[index];
    if (state !== undefined && state.accepts === undefined) open.push(...state.next);
  }
  return found;
}
