// References to secrets, which stand in a configuration in place of the secrets: `env:NAME` or `file:path`, and in templates the
// same in braces, `${env:NAME}`. Every form that is read somewhere is written down here.

const NAME = '[A-Za-z_][A-Za-z0-9_]*';

export const SECRET_REFERENCE = /^(env|file):(.+)$/s;

export const SECRET_EXPECTED = 'a reference, env:NAME or file:path';

/** A reference, with braces or without. */
export const OPTIONAL_BRACES = /^(?:(?:env|file):[^{}]+|\$\{(?:env|file):[^{}]+\})$/;

/** What stands in the braces of a template, for a pattern that reads the rest of it. */
export const IN_BRACES = `env:${NAME}|file:[^{}]+`;

/** A template that begins with an environment variable. */
export const LEADING_VARIABLE = new RegExp(`^\\$\\{env:(${NAME})\\}`);

export function withoutBraces(reference: string): string {
  return reference.replace(/^\$\{(.*)\}$/, '$1');
}

/** The references of a text that is one, or a template with some. */
export function findReferences(text: string): string[] {
  const found = text.matchAll(/(?:^|\$\{)((?:env|file):[^}]+)/g);
  return [...found].map(([, reference = '']) => reference);
}

/** The environment variables that any text refers to. */
export function findVariables(text: string): string[] {
  return [...text.matchAll(new RegExp(`\\benv:(${NAME})`, 'g'))].map(([, name = '']) => name);
}
