/** How the inputs of a key form are called: what is secret is told from the rest by its name, so that it is never sent back. */
export const inputName = (name: string, secret: boolean) => `${secret ? "secret" : "field"}.${name}`;

/** The field that an input stands for, and whether it is secret; null for any other input. */
export function fieldOfInput(input: string): { name: string; secret: boolean } | null {
  const [, prefix, name] = /^(secret|field)\.(.+)$/.exec(input) ?? [];
  return name === undefined ? null : { name, secret: prefix === "secret" };
}
