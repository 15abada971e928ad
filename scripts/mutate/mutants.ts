import ts from 'typescript';

/** One change of one line's meaning: the text from `start` to `end` becomes `to`. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly from: string;
  readonly to: string;
  /** What was done, in a word or two. */
  readonly kind: string;
  /** The file of tests to put it to first. @default the nearest */
  readonly test?: string;
}

type Change = Pick<Mutant, 'start' | 'end' | 'to' | 'kind'>;

const boundaries: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const logic: Readonly<Record<string, string>> = { '&&': '||', '||': '&&', '===': '!==', '!==': '===' };
const signs: Readonly<Record<string, string>> = { '+': '-', '-': '+' };

/** Every mutant of a source text, in its order; none inside types, imports, decorators or what is thrown. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Mutant[] = [];

  function add({ start, end, to, kind }: Change): void {
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    found.push({ file, line, start, end, from: text.slice(start, end), to, kind });
  }

  function visit(node: ts.Node): void {
    if (isApart(node)) return;
    for (const change of changesOf(node, source)) add(change);
    ts.forEachChild(node, visit);
  }

  visit(source);
  return found;
}

/** The text with one mutant in it. */
export function mutated(text: string, { start, end, to }: Pick<Mutant, 'start' | 'end' | 'to'>): string {
  return text.slice(0, start) + to + text.slice(end);
}

function isApart(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isDecorator(node)) return true;
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isThrowStatement(node);
}

function changesOf(node: ts.Node, source: ts.SourceFile): Change[] {
  const [start, end] = [node.getStart(source), node.end];
  const put = (to: string, kind: string): Change[] => [{ start, end, to, kind }];
  const text = (of: ts.Node) => of.getText(source);

  if (ts.isBinaryExpression(node)) return operatorChanges(node, source);
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return negated(node.expression, source);
  if (ts.isConditionalExpression(node)) return negated(node.condition, source);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return put(text(node.operand), 'negation dropped');
  if (node.kind === ts.SyntaxKind.TrueKeyword) return put('false', 'constant');
  if (node.kind === ts.SyntaxKind.FalseKeyword) return put('true', 'constant');
  if (ts.isExpressionStatement(node)) return statementChanges(node, source);
  if (ts.isContinueStatement(node)) return put(';', 'statement removed');
  if (ts.isCallExpression(node)) return callChanges(node, source);
  return [];
}

function operatorChanges(node: ts.BinaryExpression, source: ts.SourceFile): Change[] {
  const { operatorToken, left, right } = node;
  const operator = operatorToken.getText(source);
  const place = { start: operatorToken.getStart(source), end: operatorToken.end };
  const changes: Change[] = [];
  const swap = (to: string | undefined, kind: string) => {
    if (to !== undefined) changes.push({ ...place, to, kind });
  };
  swap(boundaries[operator], 'boundary');
  swap(logic[operator], 'logic');
  // What adds texts is no sum; the other texts are a compiler's to know.
  if (![left, right].some(isText)) swap(signs[operator], 'sign');
  if (operator === '??') {
    const [start, end] = [node.getStart(source), node.end];
    changes.push({ start, end, to: right.getText(source), kind: 'default taken' });
  }
  for (const side of [left, right]) {
    if (!ts.isNumericLiteral(side) || !(operator in { ...boundaries, ...signs })) continue;
    const [start, end] = [side.getStart(source), side.end];
    changes.push({ start, end, to: `(${side.getText(source)} + 1)`, kind: 'one more' });
  }
  return changes;
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function negated(condition: ts.Expression, source: ts.SourceFile): Change[] {
  const [start, end] = [condition.getStart(source), condition.end];
  return [{ start, end, to: `!(${condition.getText(source)})`, kind: 'condition negated' }];
}

function statementChanges(node: ts.ExpressionStatement, source: ts.SourceFile): Change[] {
  const { expression } = node;
  const [start, end] = [expression.getStart(source), node.end];
  if (ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword) return [];
  const removed: Change = { start, end, to: ';', kind: 'statement removed' };
  if (!ts.isAwaitExpression(expression)) return [removed];
  const to = `void Promise.resolve(${expression.expression.getText(source)}).catch(() => {});`;
  return [removed, { start, end, to, kind: 'await dropped' }];
}

function callChanges(node: ts.CallExpression, source: ts.SourceFile): Change[] {
  const name = node.expression.getText(source);
  const place = { start: node.expression.getStart(source), end: node.expression.end };
  if (name === 'Math.min') return [{ ...place, to: 'Math.max', kind: 'least and most' }];
  if (name === 'Math.max') return [{ ...place, to: 'Math.min', kind: 'least and most' }];
  if (name === 'Math.floor') return [{ ...place, to: 'Math.ceil', kind: 'rounding' }];
  return name === 'Math.ceil' ? [{ ...place, to: 'Math.floor', kind: 'rounding' }] : [];
}
