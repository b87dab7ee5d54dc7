/** What an element holds: text, named children, or a list of either under one name. */
export type XmlFields = { [name: string]: string | XmlFields | (string | XmlFields)[] };

/** One element with what is in it. Attributes come as text with a space before them. */
export function xmlElement(name: string, content: string | XmlFields, attributes = ''): string {
  const inner =
    typeof content === 'string'
      ? escape(content)
      : Object.entries(content)
          .flatMap(([child, value]) =>
            Array.isArray(value) ? value.map((each) => xmlElement(child, each)) : [xmlElement(child, value)],
          )
          .join('');
  return `<${name}${attributes}>${inner}</${name}>`;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
