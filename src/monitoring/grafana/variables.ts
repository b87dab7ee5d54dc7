/**
 * Dashboards put variables into expressions, `$job`, `${job:regex}` or `[[job]]`, which Prometheus never sees. They are
 * replaced by something that the grammar accepts at that place, and that can be told from what people write.
 */
const placeholder = 'stepladder_dashboard_variable';

/** True for a name, label or pattern with a variable in it. */
export function isVariable(text: string): boolean {
  return text.includes(placeholder);
}

/** True when there is nothing but a variable. */
export function onlyVariable(text: string): boolean {
  return text === placeholder;
}

const variable = /^(?:\$\{[^{}\n]{1,200}\}|\[\[[^[\]\n]{1,200}\]\]|\$[A-Za-z_]\w*)/;

interface Place {
  /** The quote that a string began with, or empty. */
  quote: string;
  brackets: number;
  braces: number;
}

/** Replaces a dashboard's variables so that the expression can be parsed. One without variables stays as it is. */
export function replaceVariables(expression: string): string {
  const place: Place = { quote: '', brackets: 0, braces: 0 };
  let result = '';
  for (let at = 0; at < expression.length;) {
    const rest = expression.slice(at, at + 210);
    const match = variable.exec(rest)?.[0];
    if (match !== undefined) {
      result += replacement(
        place,
        result,
        expression.slice(at + match.length, at + match.length + 20),
        match,
      );
      at += match.length;
      continue;
    }
    const character = expression.charAt(at);
    if (place.quote !== '' && place.quote !== '`' && character === '\\') {
      result += expression.slice(at, at + 2);
      at += 2;
      continue;
    }
    follow(place, character);
    result += character;
    at += 1;
  }
  return result;
}

function follow(place: Place, character: string): void {
  if (place.quote !== '') {
    if (character === place.quote) place.quote = '';
  } else if (character === '"' || character === "'" || character === '`') place.quote = character;
  else if (character === '[') place.brackets += 1;
  else if (character === ']') place.brackets -= 1;
  else if (character === '{') place.braces += 1;
  else if (character === '}') place.braces -= 1;
}

function replacement(
  { quote, brackets, braces }: Place,
  before: string,
  after: string,
  match: string,
): string {
  if (quote !== '') return placeholder;
  if (brackets > 0 || /\boffset\s+-?\s*$/i.test(before.slice(-20))) {
    // `[${minutes}m]` needs a number, `[$interval]` a duration.
    return /^(?:ms|[smhdwy])/.test(after) ? '5' : '5m';
  }
  if (/^\$\{?__(?:interval|range)_(?:ms|s)\b/.test(match)) return '1';
  // `{cluster="a", $filters}`: a whole matcher.
  if (braces > 0 && /[{,]\s*$/.test(before) && /^\s*[,}]/.test(after)) return `${placeholder}=""`;
  const partOfName = /[\w:]$/.test(before) || /^[\w:]/.test(after);
  // `$function(…)`: any function has the same form.
  if (!partOfName && /^\s*\(/.test(after)) return 'sum';
  return placeholder;
}
