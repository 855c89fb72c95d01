// Fields put into a YAML text that a person may have written: comments and order stay.
import { isMap, parseDocument } from 'yaml';
import { RmhError } from '../error.ts';

/** `path` of names to value; an undefined value leaves what is there. Throws RMH_CONFIG_INVALID. */
export function withFields(text: string, fields: ReadonlyMap<string, unknown>): string {
  const doc = parseDocument(text, { prettyErrors: false, stringKeys: true });
  const isUsable = doc.contents === null || isMap(doc.contents);
  if (doc.errors.length > 0 || !isUsable) {
    throw new RmhError('RMH_CONFIG_INVALID', 'the configuration there is no YAML with fields');
  }
  for (const [path, value] of fields) {
    if (value !== undefined) doc.setIn(path.split('.'), value);
  }
  return doc.toString({ lineWidth: 100 });
}

/** Does the text say anything of this field? */
export function hasField(text: string, path: string): boolean {
  return parseDocument(text, { prettyErrors: false }).hasIn(path.split('.'));
}
