import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { UsedMetric } from '../checks/monitoring/types.ts';
import { isVariable, onlyVariable } from './grafana/variables.ts';

/** What an expression asks for. */
export interface ExpressionMetrics {
  metrics: UsedMetric[];
  /** Regular expressions over names, `{__name__=~"…"}`. */
  namePatterns: string[];
  /** True when the name of a metric is a dashboard's variable. */
  hasVariableName: boolean;
}

/** Expressions are sentences, not books: a longer one is not parsed. Characters. */
const maximumLength = 100_000;
/** Nested deeper than this is an attack on whoever reads it, not a question to Prometheus. */
const maximumDepth = 1_000;

/**
 * Reads a PromQL expression by Prometheus's own grammar.
 *
 * @param expression in which dashboard variables have been replaced already
 * @param needed labels that somebody asks of the result, as with a recording rule that others stand on
 * @returns undefined when it is no PromQL
 */
export function readExpression(
  expression: string,
  needed: readonly string[] = [],
): ExpressionMetrics | undefined {
  if (expression.length > maximumLength || expression.trim() === '') return undefined;
  const tree = parse(expression);
  if (tree === undefined || isTooDeep(tree)) return undefined;
  const reader = new ExpressionReader(expression);
  reader.visit(tree.topNode, new Set(needed), new Set());
  return reader.result();
}

/** It gives up at the first error instead of looking for what might have been meant, which can take for ever. */
const strictParser = parser.configure({ strict: true });

function parse(expression: string): Tree | undefined {
  try {
    return strictParser.parse(expression);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isTooDeep(tree: Tree): boolean {
  let deepest = 0;
  let depth = 0;
  tree.iterate({
    enter() {
      depth += 1;
      deepest = Math.max(deepest, depth);
      return deepest <= maximumDepth;
    },
    leave() {
      depth -= 1;
    },
  });
  return deepest > maximumDepth;
}

interface Use {
  labels: Set<string>;
  ignored: Set<string>;
}

/** Aggregations that give back series as they are, with all their labels. */
const selecting = new Set(['Topk', 'Bottomk', 'LimitK', 'LimitRatio']);

class ExpressionReader {
  readonly #text: string;
  readonly #uses = new Map<string, Use>();
  readonly #patterns = new Set<string>();
  #hasVariableName = false;

  constructor(text: string) {
    this.#text = text;
  }

  result(): ExpressionMetrics {
    return {
      metrics: [...this.#uses].map(([name, { labels, ignored }]) => {
        const only = [...ignored].filter((label) => !labels.has(label)).sort();
        return {
          name,
          labels: [...labels].sort(),
          ...(only.length > 0 ? { ignoredLabels: only } : {}),
        };
      }),
      namePatterns: [...this.#patterns],
      hasVariableName: this.#hasVariableName,
    };
  }

  /** @param needed labels that are asked of what this part gives, and those that are left aside on the way */
  visit(node: SyntaxNode, needed: ReadonlySet<string>, ignored: ReadonlySet<string>): void {
    switch (node.name) {
      case 'VectorSelector': {
        this.#selector(node, needed, ignored);
        return;
      }
      case 'AggregateExpr': {
        this.#aggregation(node, needed, ignored);
        return;
      }
      case 'BinaryExpr': {
        this.#binary(node, needed, ignored);
        return;
      }
      case 'FunctionCall': {
        this.#visitAll(node, new Set([...needed, ...this.#labelArguments(node)]), ignored);
        return;
      }
      default: {
        this.#visitAll(node, needed, ignored);
        return;
      }
    }
  }

  #visitAll(node: SyntaxNode, needed: ReadonlySet<string>, ignored: ReadonlySet<string>): void {
    for (const child of childrenOf(node)) this.visit(child, needed, ignored);
  }

  #aggregation(node: SyntaxNode, needed: ReadonlySet<string>, ignored: ReadonlySet<string>): void {
    const modifier = node.getChild('AggregateModifier');
    const labels = modifier === null ? [] : this.#groupingLabels(modifier);
    const operator = node.getChild('AggregateOp')?.firstChild?.name ?? '';
    const body = childrenOf(node).filter(({ name }) => name === 'FunctionCallBody');
    // What is not grouped by does not get out, so nothing outside can need it.
    const passing = selecting.has(operator) ? needed : new Set<string>();
    for (const part of body) {
      if (modifier?.getChild('Without') != null) {
        const rest = new Set([...needed].filter((label) => !labels.includes(label)));
        this.visit(part, selecting.has(operator) ? needed : rest, new Set([...ignored, ...labels]));
      } else this.visit(part, new Set([...passing, ...labels]), ignored);
    }
  }

  #binary(node: SyntaxNode, needed: ReadonlySet<string>, ignored: ReadonlySet<string>): void {
    const clause = node.getChild('MatchingModifierClause');
    const [left, right] = [node.firstChild, node.lastChild];
    if (left === null || right === null) return;
    const both = new Set(needed);
    const aside = new Set(ignored);
    const ofOneSide: string[] = [];
    if (clause !== null) {
      // `on (a) group_left (b)`: the lists follow their words.
      let word = '';
      for (const part of childrenOf(clause)) {
        if (part.name !== 'GroupingLabels') word = part.name;
        else if (word === 'On') for (const label of this.#labelsIn(part)) both.add(label);
        else if (word === 'Ignoring') for (const label of this.#labelsIn(part)) aside.add(label);
        else ofOneSide.push(...this.#labelsIn(part));
      }
    }
    // The side that there is one of gives these labels to the many.
    const fromLeft = clause?.getChild('GroupRight') != null ? ofOneSide : [];
    const fromRight = clause?.getChild('GroupLeft') != null ? ofOneSide : [];
    this.visit(left, new Set([...both, ...fromLeft]), aside);
    this.visit(right, new Set([...both, ...fromRight]), aside);
  }

  #selector(node: SyntaxNode, needed: ReadonlySet<string>, ignored: ReadonlySet<string>): void {
    const names: string[] = [];
    const patterns: string[] = [];
    const labels = new Set<string>();
    const identifier = node.getChild('Identifier');
    if (identifier !== null) names.push(this.#slice(identifier));
    const matchers = node.getChild('LabelMatchers');
    for (const matcher of matchers === null ? [] : childrenOf(matchers)) {
      const quoted =
        matcher.getChild('QuotedLabelName') ?? (matcher.name === 'QuotedLabelName' ? matcher : null);
      if (matcher.name === 'QuotedLabelName') {
        names.push(this.#string(matcher.getChild('StringLiteral')));
        continue;
      }
      const plain = matcher.getChild('LabelName');
      const label = quoted === null ? this.#slice(plain) : this.#string(quoted.getChild('StringLiteral'));
      if (label !== '__name__') {
        labels.add(label);
        continue;
      }
      const operator = matcher.getChild('MatchOp')?.firstChild?.name;
      const value = this.#string(matcher.getChild('StringLiteral'));
      if (operator === 'EqlSingle') names.push(value);
      else if (operator === 'EqlRegex') patterns.push(value);
    }
    for (const name of names) this.#addName(name, node, [...labels, ...needed], ignored);
    for (const pattern of patterns) {
      if (isVariable(pattern)) this.#hasVariableName = true;
      else this.#patterns.add(pattern);
    }
  }

  #addName(name: string, node: SyntaxNode, labels: readonly string[], ignored: ReadonlySet<string>): void {
    if (name === '') return;
    if (isVariable(name)) {
      if (!onlyVariable(name) || !isLikelyNumber(node)) this.#hasVariableName = true;
      return;
    }
    const use = this.#uses.get(name) ?? { labels: new Set(), ignored: new Set() };
    for (const label of labels) if (!isVariable(label)) use.labels.add(label);
    for (const label of ignored) if (!isVariable(label)) use.ignored.add(label);
    this.#uses.set(name, use);
  }

  /** Labels that `label_replace` and `label_join` read. */
  #labelArguments(call: SyntaxNode): string[] {
    const called = call.getChild('FunctionIdentifier')?.firstChild?.name;
    if (called !== 'LabelReplace' && called !== 'LabelJoin') return [];
    const body = call.getChild('FunctionCallBody');
    const texts = (body === null ? [] : body.getChildren('StringLiteral')).map((node) => this.#string(node));
    // label_replace(v, "to", "replacement", "from", "regex"); label_join(v, "to", "separator", "from", …)
    return called === 'LabelReplace' ? texts.slice(2, 3) : texts.slice(2);
  }

  #groupingLabels(node: SyntaxNode): string[] {
    const list = node.getChild('GroupingLabels');
    return list === null ? [] : this.#labelsIn(list);
  }

  #labelsIn(list: SyntaxNode): string[] {
    return childrenOf(list).map((label) =>
      label.name === 'QuotedLabelName' ? this.#string(label.getChild('StringLiteral')) : this.#slice(label),
    );
  }

  #slice(node: SyntaxNode | null): string {
    return node === null ? '' : this.#text.slice(node.from, node.to);
  }

  /** A string's value. Escapes but those of quotes and backslashes do not occur in names and their patterns. */
  #string(node: SyntaxNode | null): string {
    const text = this.#slice(node);
    const inner = text.slice(1, -1);
    return text.startsWith('`') ? inner : inner.replaceAll(/\\(["'\\])/g, '$1');
  }
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** `> $threshold` and `topk($n, …)`: a variable that stands where a number may. */
function isLikelyNumber(selector: SyntaxNode): boolean {
  if (selector.getChild('LabelMatchers') !== null) return false;
  const { parent } = selector;
  // Sets are of series only.
  const isOfSets = ['And', 'Or', 'Unless'].some((operator) => parent?.getChild(operator) != null);
  if (parent?.name === 'BinaryExpr') return !isOfSets;
  return parent?.name === 'FunctionCallBody' && childrenOf(parent).length > 1;
}
