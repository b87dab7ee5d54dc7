/**
 * The path of a change as people think of it: `v1 .spec.color maxLength` for
 * `spec.versions[v1].schema.properties.spec.properties.color.maxLength`. What is not of a schema stays as it is.
 */
export function changePath(path: string): string {
  const found = /^spec\.versions\[([^\]]*)\]\.schema(?:\.(.*))?$/.exec(path);
  if (found === null) return path;
  const [, version = '', rest = ''] = found;
  const steps = rest.match(/[^.[\]]+|\[[^\]]*\]/g) ?? [];
  let field = '';
  let keyword = '';
  for (let at = 0; at < steps.length; at += 1) {
    const step = steps[at] ?? '';
    if (step === 'properties') {
      at += 1;
      const name = steps[at] ?? '';
      field += name.startsWith('[') ? name : `.${name}`;
    } else if (step === 'items') field += '[]';
    else if (step === 'additionalProperties') field += '[*]';
    else keyword = step;
  }
  return [version, field, keyword].filter((part) => part !== '').join(' ');
}
